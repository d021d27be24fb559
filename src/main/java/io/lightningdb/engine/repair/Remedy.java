package io.lightningdb.engine.repair;

/// What was done, or can be done, about a damaged run.
///
/// @param file the run
/// @param kind how
/// @param source where what replaces it comes from: the id of a backup; empty for the others
public record Remedy(String file, Kind kind, String source) {

  /// How a run is repaired.
  public enum Kind {
    /// The same file out of a backup takes its place.
    BACKUP,
    /// All of its entries are sound: they become a new run.
    REWRITE,
    /// The commits that it holds are in the log: the next start reads them from there.
    LOG,
    /// What is sound of it becomes a new run, and the rest is lost.
    LOSS
  }
}
