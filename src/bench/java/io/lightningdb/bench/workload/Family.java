package io.lightningdb.bench.workload;

import java.util.Locale;

/// The sets of workloads that one JVM runs, one after the other.
public enum Family {
  SEQUENTIAL("Sequential fill"),
  FILL("Random fill and overwrite"),
  BATCHES("Batches of 1,000"),
  SYNCED("Synced puts"),
  READS("Reads"),
  SCANS("Scans"),
  MIXED("A writer beside a reader"),
  DELETES("Deletes"),
  VALUES_4K("Values of 4 KiB"),
  VALUES_64K("Values of 64 KiB"),
  YCSB("YCSB mixes, 2 threads"),
  COLD("Larger than memory");

  private final String title;

  Family(String title) {
    this.title = title;
  }

  /// The name to be shown.
  ///
  /// @return a few words
  public String title() {
    return title;
  }

  /// Runs the workloads.
  ///
  /// @param scene where, and where the measurements go
  public void run(Scene scene) {
    switch (this) {
      case SEQUENTIAL -> WriteWorkloads.sequential(scene);
      case FILL -> WriteWorkloads.random(scene);
      case BATCHES -> WriteWorkloads.batches(scene);
      case SYNCED -> WriteWorkloads.synced(scene);
      case READS -> ReadWorkloads.run(scene);
      case SCANS -> ScanWorkloads.run(scene);
      case MIXED -> MixedWorkloads.writerAndReader(scene);
      case DELETES -> MixedWorkloads.deletes(scene);
      case VALUES_4K -> LargeValueWorkloads.of4KiB(scene);
      case VALUES_64K -> LargeValueWorkloads.of64KiB(scene);
      case YCSB -> YcsbWorkloads.run(scene);
      case COLD -> ColdWorkloads.run(scene);
    }
  }

  /// The name on the command line.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
