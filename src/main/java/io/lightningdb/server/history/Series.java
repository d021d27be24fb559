package io.lightningdb.server.history;

/// A figure of which the last hours are kept.
enum Series {
  /// Requests over HTTP.
  REQUESTS_PER_SECOND("requestsPerSecond", Thinning.AVERAGE),
  /// Those of them that failed.
  FAILED_REQUESTS_PER_SECOND("failedRequestsPerSecond", Thinning.AVERAGE),
  /// Those of them that were refused for want of something.
  REFUSED_REQUESTS_PER_SECOND("refusedRequestsPerSecond", Thinning.AVERAGE),
  /// Entries that requests asked for.
  READS_PER_SECOND("readsPerSecond", Thinning.AVERAGE),
  /// Pages of lists.
  SCANS_PER_SECOND("scansPerSecond", Thinning.AVERAGE),
  /// Commits.
  WRITES_PER_SECOND("writesPerSecond", Thinning.AVERAGE),
  /// Half of the reads were faster.
  READ_P50_MICROS("readP50Micros", Thinning.MAXIMUM),
  /// One of a hundred reads was slower.
  READ_P99_MICROS("readP99Micros", Thinning.MAXIMUM),
  /// Half of the pages were faster.
  SCAN_P50_MICROS("scanP50Micros", Thinning.MAXIMUM),
  /// One of a hundred pages was slower.
  SCAN_P99_MICROS("scanP99Micros", Thinning.MAXIMUM),
  /// Half of the commits were faster.
  WRITE_P50_MICROS("writeP50Micros", Thinning.MAXIMUM),
  /// One of a hundred commits was slower.
  WRITE_P99_MICROS("writeP99Micros", Thinning.MAXIMUM),
  /// How far flushes and compactions are behind.
  BACKPRESSURE("backpressure", Thinning.MAXIMUM),
  /// Written by flushes.
  FLUSH_BYTES_PER_SECOND("flushBytesPerSecond", Thinning.AVERAGE),
  /// Written by compactions.
  COMPACTION_BYTES_PER_SECOND("compactionBytesPerSecond", Thinning.AVERAGE),
  /// Heap in use, garbage included.
  HEAP_BYTES("heapBytes", Thinning.AVERAGE),
  /// What the memory budget is used for.
  MEMTABLE_BYTES("memtableBytes", Thinning.AVERAGE),
  /// What the memory budget is used for.
  CACHE_BYTES("cacheBytes", Thinning.AVERAGE),
  /// What the memory budget is used for.
  REQUEST_BYTES("requestBytes", Thinning.MAXIMUM),
  /// What the memory budget is used for.
  TRANSACTION_BYTES("transactionBytes", Thinning.AVERAGE),
  /// What the memory budget is used for besides.
  OTHER_MEMORY_BYTES("otherMemoryBytes", Thinning.AVERAGE),
  /// Blocks found in the cache, of all that were looked for.
  CACHE_HIT_SHARE("cacheHitShare", Thinning.AVERAGE),
  /// Run files.
  RUN_BYTES("runBytes", Thinning.AVERAGE),
  /// The log.
  LOG_BYTES("logBytes", Thinning.AVERAGE),
  /// What may still be written.
  DISK_FREE_BYTES("diskFreeBytes", Thinning.AVERAGE),
  /// Open transactions.
  OPEN_TRANSACTIONS("openTransactions", Thinning.MAXIMUM),
  /// Open snapshots.
  OPEN_SNAPSHOTS("openSnapshots", Thinning.MAXIMUM),
  /// Connections of clients.
  CONNECTIONS("connections", Thinning.MAXIMUM),
  /// Processor time of the process for each second.
  PROCESSOR_CORES("processorCores", Thinning.AVERAGE);

  private final String member;
  private final Thinning thinning;

  Series(String member, Thinning thinning) {
    this.member = member;
    this.thinning = thinning;
  }

  /// How several values become one.
  enum Thinning {
    /// Their average.
    AVERAGE,
    /// The greatest.
    MAXIMUM
  }

  /// The name in answers.
  ///
  /// @return in camel case, the unit last
  String member() {
    return member;
  }

  /// How several values become one.
  ///
  /// @return the average, unless the greatest is of more interest
  Thinning thinning() {
    return thinning;
  }
}
