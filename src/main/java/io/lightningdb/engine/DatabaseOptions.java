package io.lightningdb.engine;

import io.lightningdb.engine.format.Limits;
import io.lightningdb.engine.integrity.ScrubPace;
import java.time.Duration;

/// How a database uses memory, log and files. Immutable.
///
/// @param valueBytesMax largest value accepted, in bytes, 1 to 16 MiB and 1 KiB; 16 MiB by default
/// @param batchBytesMax largest batch accepted, encoded, in bytes, 1 KiB to 64 MiB
/// @param keyspacesMax most keyspaces at a time, 1 to 10,000
/// @param logSegmentBytes size of a log segment, in bytes, 64 KiB to 1 GiB; it is allocated whole before it is used
/// @param logSyncInterval longest time that a `LOGGED` commit may wait for stable storage, 1 ms to 1 minute
/// @param memtableBytesMax size at which the memtable of a keyspace is frozen and flushed, in bytes, 64 KiB to 1 GiB
/// @param memtablesFrozenMax most frozen memtables of a keyspace that wait for their flush, 1 to 64; then writes wait
/// @param runBytesTarget size at which a merge starts another run file, in bytes, 4 KiB to 1 GiB
/// @param backgroundBytesPerSecondMax what flushes and merges may write in a second, in bytes: at least 1 MiB, or 0,
///     the default, for any amount. What users write counts too, but never waits. The limit gives way as far as is
///     needed to keep up, and there is none where writes would else be slowed down
/// @param diskReserveBytes bytes of the disk that are kept free for deletions, flushes and merges: 0 to 1 TiB, 256 MiB
///     by default. While less is free, writes of new data are refused, and until a quarter more is. 0 keeps nothing
///     free. Anything else is raised to what two log segments and two runs take, which is what a merge may need before
///     it gives space back
/// @param writeWaitMax longest time a write waits for flushes and merges to catch up before it is refused, up to 1
///     minute
/// @param transactions what transactions may use up
/// @param memory how much memory everything together may take
/// @param keyspaceDefaults options of the keyspace `default` when it is created with the database
/// @param archivedLogBytesMax how large the log may become for commits that wait for [Database#archiveTo], in bytes;
///     when it is larger they are given up, and the archive has a gap. 0, the default, for a log that is not archived
/// @param scrub how fast and how often everything on disk is verified again in the background; by default not at all
public record DatabaseOptions(
    int valueBytesMax,
    int batchBytesMax,
    int keyspacesMax,
    long logSegmentBytes,
    Duration logSyncInterval,
    long memtableBytesMax,
    int memtablesFrozenMax,
    long runBytesTarget,
    long backgroundBytesPerSecondMax,
    long diskReserveBytes,
    Duration writeWaitMax,
    TransactionLimits transactions,
    MemoryLimits memory,
    KeyspaceOptions keyspaceDefaults,
    long archivedLogBytesMax,
    ScrubPace scrub) {

  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;
  private static final long GIB = 1024 * MIB;

  private static final DatabaseOptions DEFAULTS =
      new DatabaseOptions(
          Limits.VALUE_BYTES_DEFAULT,
          Limits.BATCH_BYTES_MAX,
          1000,
          64 * MIB,
          Duration.ofMillis(100),
          32 * MIB,
          4,
          64 * MIB,
          0,
          256 * MIB,
          Duration.ofSeconds(10),
          TransactionLimits.defaults(),
          MemoryLimits.defaults(),
          KeyspaceOptions.defaults(),
          0,
          ScrubPace.OFF);

  /// Checks the limits.
  ///
  /// @throws IllegalArgumentException naming the option that is out of range, its value and the range
  public DatabaseOptions {
    check("valueBytesMax", valueBytesMax, 1, Limits.VALUE_BYTES_MAX);
    check("batchBytesMax", batchBytesMax, KIB, Limits.BATCH_BYTES_MAX);
    check("keyspacesMax", keyspacesMax, 1, Limits.KEYSPACES_MAX);
    check("logSegmentBytes", logSegmentBytes, 64 * KIB, GIB);
    check("logSyncInterval in milliseconds", logSyncInterval.toMillis(), 1, 60_000);
    check("memtableBytesMax", memtableBytesMax, 64 * KIB, GIB);
    check("memtablesFrozenMax", memtablesFrozenMax, 1, 64);
    check("runBytesTarget", runBytesTarget, 4 * KIB, GIB);
    if (backgroundBytesPerSecondMax != 0) {
      check("backgroundBytesPerSecondMax", backgroundBytesPerSecondMax, MIB, Long.MAX_VALUE);
    }
    check("diskReserveBytes", diskReserveBytes, 0, 1024 * GIB);
    check("archivedLogBytesMax", archivedLogBytesMax, 0, Long.MAX_VALUE);
    check("writeWaitMax in milliseconds", writeWaitMax.toMillis(), 0, 60_000);
  }

  private static void check(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + "=" + value + " is outside " + min + ".." + max);
    }
  }

  /// The defaults: values of 16 MiB, batches of 64 MiB, segments and runs of 64 MiB, memtables of 32 MiB.
  ///
  /// @return the defaults
  public static DatabaseOptions defaults() {
    return DEFAULTS;
  }

  /// A quarter of the memory at most, since what is written to find the keys of a run is held until it is done.
  long runBytesTargetWithinMemory() {
    return Math.min(runBytesTarget, Math.max(64 * KIB, memory.bytesMax() / 4));
  }

  /// A tenth of the memory at most: what memtables are flushed early for does not leave them more.
  long memtableBytesMaxWithinMemory() {
    return Math.min(memtableBytesMax, Math.max(64 * KIB, memory.bytesMax() / 10));
  }

  /// The reserve as it is kept: raised to what the log and one step of a merge need, or 0.
  long diskReserveBytesRaised() {
    long least = 2 * logSegmentBytes + 2 * runBytesTargetWithinMemory();
    return diskReserveBytes == 0 ? 0 : Math.max(diskReserveBytes, least);
  }

  /// These options with another largest value.
  ///
  /// @param bytes in bytes
  /// @return a changed copy
  public DatabaseOptions withValueBytesMax(int bytes) {
    return new DatabaseOptions(
        bytes,
        batchBytesMax,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        writeWaitMax,
        transactions,
        memory,
        keyspaceDefaults,
        archivedLogBytesMax,
        scrub);
  }

  /// These options with another largest batch.
  ///
  /// @param bytes in bytes, encoded
  /// @return a changed copy
  public DatabaseOptions withBatchBytesMax(int bytes) {
    return new DatabaseOptions(
        valueBytesMax,
        bytes,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        writeWaitMax,
        transactions,
        memory,
        keyspaceDefaults,
        archivedLogBytesMax,
        scrub);
  }

  /// These options with another number of keyspaces.
  ///
  /// @param count most keyspaces at a time
  /// @return a changed copy
  public DatabaseOptions withKeyspacesMax(int count) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        count,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        writeWaitMax,
        transactions,
        memory,
        keyspaceDefaults,
        archivedLogBytesMax,
        scrub);
  }

  /// These options with another log.
  ///
  /// @param segmentBytes size of a segment, in bytes
  /// @param syncInterval longest wait of a `LOGGED` commit for stable storage
  /// @return a changed copy
  public DatabaseOptions withLog(long segmentBytes, Duration syncInterval) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        keyspacesMax,
        segmentBytes,
        syncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        writeWaitMax,
        transactions,
        memory,
        keyspaceDefaults,
        archivedLogBytesMax,
        scrub);
  }

  /// These options with other memtables.
  ///
  /// @param bytesMax size at which a memtable is frozen, in bytes
  /// @param frozenMax most frozen memtables of a keyspace
  /// @return a changed copy
  public DatabaseOptions withMemtables(long bytesMax, int frozenMax) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        bytesMax,
        frozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        writeWaitMax,
        transactions,
        memory,
        keyspaceDefaults,
        archivedLogBytesMax,
        scrub);
  }

  /// These options with another size of run files.
  ///
  /// @param bytes size at which a merge starts another file, in bytes
  /// @return a changed copy
  public DatabaseOptions withRunBytesTarget(long bytes) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        bytes,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        writeWaitMax,
        transactions,
        memory,
        keyspaceDefaults,
        archivedLogBytesMax,
        scrub);
  }

  /// These options with another limit on what flushes and merges write.
  ///
  /// @param bytes in bytes per second; 0 for any amount
  /// @return a changed copy
  public DatabaseOptions withBackgroundBytesPerSecondMax(long bytes) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        bytes,
        diskReserveBytes,
        writeWaitMax,
        transactions,
        memory,
        keyspaceDefaults,
        archivedLogBytesMax,
        scrub);
  }

  /// These options with another reserve of the disk.
  ///
  /// @param bytes in bytes; 0 for none
  /// @return a changed copy
  public DatabaseOptions withDiskReserveBytes(long bytes) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        bytes,
        writeWaitMax,
        transactions,
        memory,
        keyspaceDefaults,
        archivedLogBytesMax,
        scrub);
  }

  /// These options with another bound on the wait of a write.
  ///
  /// @param wait the longest wait
  /// @return a changed copy
  public DatabaseOptions withWriteWaitMax(Duration wait) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        wait,
        transactions,
        memory,
        keyspaceDefaults,
        archivedLogBytesMax,
        scrub);
  }

  /// These options with other limits for transactions.
  ///
  /// @param limits what transactions may use up
  /// @return a changed copy
  public DatabaseOptions withTransactions(TransactionLimits limits) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        writeWaitMax,
        limits,
        memory,
        keyspaceDefaults,
        archivedLogBytesMax,
        scrub);
  }

  /// These options with other bounds of memory.
  ///
  /// @param limits how much memory everything together may take
  /// @return a changed copy
  public DatabaseOptions withMemory(MemoryLimits limits) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        writeWaitMax,
        transactions,
        limits,
        keyspaceDefaults,
        archivedLogBytesMax,
        scrub);
  }

  /// These options with other ones for the keyspace `default`.
  ///
  /// @param keyspace its options when it is created with the database
  /// @return a changed copy
  public DatabaseOptions withKeyspaceDefaults(KeyspaceOptions keyspace) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        writeWaitMax,
        transactions,
        memory,
        keyspace,
        archivedLogBytesMax,
        scrub);
  }

  /// These options for a log that is archived.
  ///
  /// @param bytesMax how large the log may become for commits that are not archived yet, in bytes; 0 for a log that is
  ///     not archived
  /// @return a changed copy
  public DatabaseOptions withArchivedLogBytesMax(long bytesMax) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        writeWaitMax,
        transactions,
        memory,
        keyspaceDefaults,
        bytesMax,
        scrub);
  }

  /// These options with scrubbing.
  ///
  /// @param pace how fast and how often
  /// @return a changed copy
  public DatabaseOptions withScrub(ScrubPace pace) {
    return new DatabaseOptions(
        valueBytesMax,
        batchBytesMax,
        keyspacesMax,
        logSegmentBytes,
        logSyncInterval,
        memtableBytesMax,
        memtablesFrozenMax,
        runBytesTarget,
        backgroundBytesPerSecondMax,
        diskReserveBytes,
        writeWaitMax,
        transactions,
        memory,
        keyspaceDefaults,
        archivedLogBytesMax,
        pace);
  }
}
