package io.lightningdb.bench.http;

/// A kind of request.
public enum Workload {
  /// Reads one entry.
  GET("GET", "requests", 1),

  /// Replaces one entry, which need survive the death of the process only.
  PUT_LOGGED("PUT, LOGGED", "requests", 1),

  /// Replaces one entry, which is on stable storage when the answer comes.
  PUT_SYNCED("PUT, SYNCED", "requests", 1),

  /// Reads 100 entries by their keys.
  MULTIGET("multiget of 100", "requests", 1),

  /// Reads 100 entries that follow one another.
  PAGE("page of 100", "requests", 1),

  /// Replaces 100 entries in one commit, `LOGGED`.
  BATCH("batch of 100, LOGGED", "requests", 1),

  /// Replaces 1,000 entries that come as lines of JSON, `LOGGED`.
  IMPORT("import, LOGGED", "entries", Entries.IMPORT_LINES);

  private final String title;
  private final String unit;
  private final int units;

  Workload(String title, String unit, int units) {
    this.title = title;
    this.unit = unit;
    this.units = units;
  }

  /// Its name in tables and charts.
  ///
  /// @return a few words
  public String title() {
    return title;
  }

  /// What is counted.
  ///
  /// @return requests or entries
  public String unit() {
    return unit;
  }

  /// How many of them a request is.
  ///
  /// @return 1 for requests
  int units() {
    return units;
  }
}
