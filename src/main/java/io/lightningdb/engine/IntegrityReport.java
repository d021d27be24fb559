package io.lightningdb.engine;

import java.util.List;

/// What a check of the whole database found.
///
/// @param filesChecked number of files read
/// @param bytesChecked number of bytes read
/// @param entriesChecked number of entries read in runs, and of operations read in the log behind its start
/// @param faults what is wrong, in the order found; empty if all is well. Of a file with very many faults the first
///     hundred are listed, and then one that says how many others there are
public record IntegrityReport(
    long filesChecked, long bytesChecked, long entriesChecked, List<Fault> faults) {

  /// Copies the list.
  public IntegrityReport {
    faults = List.copyOf(faults);
  }

  /// Tells whether all is well.
  ///
  /// @return true if nothing is wrong
  public boolean isClean() {
    return faults.isEmpty();
  }

  /// One thing that is wrong.
  ///
  /// @param file name of the file inside the data directory
  /// @param offset place in the file, in bytes from its start
  /// @param reason what is wrong there
  public record Fault(String file, long offset, String reason) {}
}
