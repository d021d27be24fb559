package io.lightningdb.server;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.MemoryLimits;
import io.lightningdb.engine.RecoveryReport;
import io.lightningdb.engine.TransactionLimits;
import io.lightningdb.engine.integrity.ScrubPace;
import io.lightningdb.server.keyvalue.StoredValue;
import io.lightningdb.server.settings.LightningProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/// Opens the one database of the process before the service listens, and closes it after the last request.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LightningProperties.class)
@EnableScheduling
class DatabaseConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseConfiguration.class);

  // Where any number of requests is served at a time: more than there are threads for.
  private static final int REQUESTS_UNBOUNDED = 10_000;

  /// Called by Spring.
  DatabaseConfiguration() {}

  /// Closes the database, in place of a method that Spring would call.
  ///
  /// @return made before the beans that it looks at
  @Bean
  static DatabaseClosing databaseClosing() {
    return new DatabaseClosing();
  }

  /// Opens the data directory, and recovers it where that is needed. Closed by [DatabaseClosing] when the web server has stopped.
  ///
  /// @param settings where and how
  /// @return the open database
  @Bean(destroyMethod = "")
  Database database(LightningProperties settings) {
    LOG.info(
        "A budget of {} MB: values have at most {} bytes, batches {}, lines of an import {}",
        settings.memory().budgetBytes() >> 20,
        settings.limits().valueBytesMax().toBytes(),
        settings.limits().batchBytesMax().toBytes(),
        settings.limits().importLineBytesMax().toBytes());
    Database database = Database.open(settings.directory(), options(settings));
    report(settings.directory().toString(), database.recovery());
    return database;
  }

  /// Says what the opening found, above all whether an unfinished end of the log was cut.
  private static void report(String directory, RecoveryReport recovery) {
    LOG.info(
        "Opened {} in {} ms: {} commits read back from {} log segments",
        directory,
        recovery.duration().toMillis(),
        recovery.commitsReplayed(),
        recovery.segmentsRead());
    recovery
        .cut()
        .ifPresent(cut ->
            LOG.warn(
                "The log ended in an unfinished commit, which was never acknowledged as synced: {} was cut at offset {}",
                cut.file(),
                cut.offset()));
  }

  private static MemoryLimits memory(LightningProperties.Memory memory) {
    return new MemoryLimits(memory.budgetBytes(), memory.cacheBytesMax().toBytes());
  }

  /// Beside the transactions that clients may keep open, those that a request begins and ends itself: as many as are served at a time.
  private static int engineTransactionsMax(LightningProperties settings) {
    int active = settings.requests().activeMax();
    int ownMax = active == 0 ? REQUESTS_UNBOUNDED : active;
    return Math.min(settings.transactions().openMax() + ownMax, TransactionLimits.OPEN_MAX);
  }

  /// The options that the settings ask for.
  ///
  /// @param settings as the operator made them
  /// @return options of the database
  static DatabaseOptions options(LightningProperties settings) {
    LightningProperties.RequestLimits limits = settings.limits();
    LightningProperties.Transactions transactions = settings.transactions();
    // What is stored for a client's value is larger than the value by its envelope.
    return DatabaseOptions.defaults()
        .withValueBytesMax((int) limits.valueBytesMax().toBytes() + StoredValue.ENVELOPE_BYTES_MAX)
        .withBatchBytesMax((int) limits.batchBytesMax().toBytes())
        .withKeyspacesMax(limits.keyspacesMax())
        .withLog(settings.log().segmentBytes().toBytes(), settings.log().syncInterval())
        .withMemtables(settings.memtable().bytesMax().toBytes(), settings.memtable().frozenMax())
        .withRunBytesTarget(settings.run().fileBytesTarget().toBytes())
        .withBackgroundBytesPerSecondMax(settings.compaction().bytesPerSecondMax().toBytes())
        .withScrub(
            new ScrubPace(
                settings.scrub().bytesPerSecondMax().toBytes(), settings.scrub().interval()))
        .withDiskReserveBytes(settings.disk().reserveBytes().toBytes())
        .withWriteWaitMax(settings.writeWaitMax())
        .withKeyspaceDefaults(settings.keyspaceDefaults().applyTo(KeyspaceOptions.defaults()))
        .withMemory(memory(settings.memory()))
        .withArchivedLogBytesMax(
            settings.backup().isArchived() ? settings.backup().archivedLogBytesMax().toBytes() : 0)
        .withTransactions(
            new TransactionLimits(
                engineTransactionsMax(settings),
                (int) transactions.bytesMax().toBytes(),
                transactions.ageMax(),
                transactions.lockWaitMax()));
  }
}
