package io.lightningdb.server.keyvalue.transfer;

import java.util.ArrayList;
import java.util.List;

/// How far an import has come. *Not thread-safe.*
final class ImportProgress {

  /// Most rejected lines that are named; the others are counted.
  static final int REJECTIONS_NAMED_MAX = 100;

  private final List<Rejection> rejections = new ArrayList<>();
  private long lines;
  private long acknowledgedLines;
  private long imported;
  private long rejected;
  private long version;

  /// Starts at the first line.
  ///
  /// @param version the visible version
  ImportProgress(long version) {
    this.version = version;
  }

  /// A line that was not imported.
  ///
  /// @param line its number from 1
  /// @param reason why, in a sentence
  record Rejection(long line, String reason) {}

  /// What an import did.
  ///
  /// @param lines lines read
  /// @param acknowledgedLines lines up to which everything that was to be imported is committed
  /// @param imported lines imported
  /// @param rejected lines that could not be imported
  /// @param rejections the first of them
  /// @param version version of the last commit
  record Report(
      long lines,
      long acknowledgedLines,
      long imported,
      long rejected,
      List<Rejection> rejections,
      long version) {}

  /// A line was read.
  ///
  /// @param line its number
  void read(long line) {
    lines = line;
  }

  /// A line cannot be imported.
  ///
  /// @param line the line
  void reject(ImportItem.Rejected line) {
    rejected++;
    if (rejections.size() < REJECTIONS_NAMED_MAX) {
      rejections.add(new Rejection(line.line(), line.reason()));
    }
  }

  /// A commit returned; with it all lines before.
  ///
  /// @param line number of the last line that is settled
  /// @param entries number of entries in the commit
  /// @param commit version of the commit
  void acknowledge(long line, int entries, long commit) {
    acknowledgedLines = line;
    imported += entries;
    version = commit;
  }

  /// All lines are settled, also those behind the last commit, which hold no entries.
  void finish() {
    acknowledgedLines = lines;
  }

  /// Lines up to which everything is settled.
  ///
  /// @return a number of lines
  long acknowledgedLines() {
    return acknowledgedLines;
  }

  /// Version of the last commit.
  ///
  /// @return the version that was visible before if there was none
  long version() {
    return version;
  }

  /// What was done up to now.
  ///
  /// @return the numbers of this moment
  Report report() {
    return new Report(
        lines, acknowledgedLines, imported, rejected, List.copyOf(rejections), version);
  }
}
