package io.lightningdb.server.metrics;

import static io.lightningdb.server.metrics.Metric.Kind.COUNTER;
import static io.lightningdb.server.metrics.Metric.Kind.GAUGE;
import static io.lightningdb.server.metrics.Metric.Kind.HISTOGRAM;
import static io.lightningdb.server.metrics.Metric.Kind.SUMMARY;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Every metric of the database, under the name that Prometheus shows: the one place where a `lightning_*` metric is named,
/// explained and registered. `README.md` beside this file is the same as a table, and a test holds the two, a scrape of the
/// running service, alerts, dashboard and runbooks to each other.
///
/// Names end in their unit (`seconds`, `bytes`, `ratio`), those of counters in `_total`.
public enum Metric {
  /// Counts commits.
  COMMITS("lightning_commits_total", COUNTER, "Commits made"),
  /// Newest version that readers see.
  VISIBLE_VERSION("lightning_visible_version", GAUGE, "Newest version that readers see"),
  /// Newest durable version.
  DURABLE_VERSION(
      "lightning_durable_version", GAUGE, "Newest version known to be on stable storage"),
  /// Duration of commits.
  COMMIT(
      "lightning_commit_seconds",
      HISTOGRAM,
      "Time from the call to the acknowledgement of a commit; of those that are logged about one in 64 is timed",
      Label.DURABILITY),
  /// Waits of writes for flushes and compactions.
  WRITE_WAIT(
      "lightning_write_wait_seconds",
      HISTOGRAM,
      "Time that a write waited because flushes or compactions were behind",
      Label.CAUSE),
  /// Duration of point reads.
  GET(
      "lightning_get_seconds",
      HISTOGRAM,
      "Time that the engine took to find the entry that a request asked for"),
  /// Duration of range reads.
  SCAN(
      "lightning_scan_seconds",
      HISTOGRAM,
      "Time that the engine took to read a page of entries, writing it as JSON included"),

  /// Size of the log.
  LOG_ALLOCATED("lightning_log_allocated_bytes", GAUGE, "Bytes allocated to log segments"),
  /// Segments of the log.
  LOG_SEGMENTS("lightning_log_segments", GAUGE, "Log segments"),
  /// Syncs of the log.
  LOG_SYNC("lightning_log_sync_seconds", HISTOGRAM, "Time that a sync of the log took"),

  /// Counts flushes.
  FLUSHES("lightning_flushes_total", COUNTER, "Memtables flushed"),
  /// What flushes wrote.
  FLUSH_WRITTEN("lightning_flush_written_bytes_total", COUNTER, "Bytes of runs written by flushes"),
  /// Duration of flushes.
  FLUSH("lightning_flush_seconds", HISTOGRAM, "Time that the flush of a memtable took"),
  /// Counts compactions.
  COMPACTIONS("lightning_compactions_total", COUNTER, "Compactions of run files"),
  /// What compactions read.
  COMPACTION_READ(
      "lightning_compaction_read_bytes_total", COUNTER, "Bytes of runs read by compactions"),
  /// What compactions wrote.
  COMPACTION_WRITTEN(
      "lightning_compaction_written_bytes_total", COUNTER, "Bytes of runs written by compactions"),
  /// Duration of steps of compactions.
  COMPACTION_STEP(
      "lightning_compaction_step_seconds", HISTOGRAM, "Time that a step of a compaction took"),
  /// Compactions begun and not done.
  COMPACTIONS_RUNNING("lightning_compactions_running", GAUGE, "Compactions begun and not done yet"),
  /// Counts run files moved.
  RUN_FILES_MOVED(
      "lightning_run_files_moved_total",
      COUNTER,
      "Run files that went to another level without being rewritten"),
  /// Counts run files dropped.
  RUN_FILES_DROPPED(
      "lightning_run_files_dropped_total",
      COUNTER,
      "Run files that went because no reader could see anything of them"),
  /// Counts expired entries that are gone.
  EXPIRED_ENTRIES_REMOVED(
      "lightning_expired_entries_removed_total",
      COUNTER,
      "Entries that flushes and compactions left out because they had expired"),
  /// Size of the memtables.
  MEMTABLE("lightning_memtable_bytes", GAUGE, "Bytes held by memtables"),
  /// Number of run files.
  RUN_FILES("lightning_run_files", GAUGE, "Run files"),
  /// Size of run files.
  RUN("lightning_run_bytes", GAUGE, "Bytes of run files"),
  /// Debt of flushes.
  FLUSH_BACKLOG(
      "lightning_flush_backlog_ratio",
      GAUGE,
      "How far flushes are behind: above 0 they slow writes down, at 1 writes wait"),
  /// Debt of compactions.
  COMPACTION_BACKLOG(
      "lightning_compaction_backlog_ratio",
      GAUGE,
      "How far compactions are behind: above 0 they slow writes down, at 1 writes wait"),
  /// What was written by whom.
  WRITTEN(
      "lightning_written_bytes_total",
      COUNTER,
      "Bytes written, by priority: users to the log, flushes, compactions of level 0, the rest",
      Label.PRIORITY),
  /// How much more is written than users asked for.
  WRITE_AMPLIFICATION(
      "lightning_write_amplification_ratio",
      GAUGE,
      "Bytes written since the start, by users, flushes and compactions, to those of users; not a number before the first"),
  /// Who waited for the limit of bytes per second.
  WRITTEN_WAIT(
      "lightning_written_wait_seconds",
      SUMMARY,
      "Time that the limit of bytes per second held back what is written",
      Label.PRIORITY),

  /// Size of the cache.
  CACHE("lightning_cache_bytes", GAUGE, "Bytes of the block cache"),
  /// Greatest size of the cache.
  CACHE_MAX("lightning_cache_max_bytes", GAUGE, "Bytes that the block cache may take"),
  /// Blocks in the cache.
  CACHE_BLOCKS("lightning_cache_blocks", GAUGE, "Blocks in the cache"),
  /// Counts hits.
  CACHE_HITS("lightning_cache_hits_total", COUNTER, "Reads that found their block in the cache"),
  /// Counts misses.
  CACHE_MISSES("lightning_cache_misses_total", COUNTER, "Reads that had to decompress their block"),
  /// Counts evictions.
  CACHE_EVICTIONS(
      "lightning_cache_evictions_total", COUNTER, "Blocks that the cache let go for others"),
  /// Blocks used once.
  CACHE_RECENCY(
      "lightning_cache_recency_bytes", GAUGE, "Bytes of cached blocks that were used once lately"),
  /// What blocks used once should have.
  CACHE_RECENCY_TARGET(
      "lightning_cache_recency_target_bytes",
      GAUGE,
      "Bytes that the cache tries to give to blocks used once lately"),
  /// Counts misses for which the recency side was too small.
  CACHE_RECENCY_GHOST_HITS(
      "lightning_cache_recency_ghost_hits_total",
      COUNTER,
      "Misses of a block that a greater recency side would have kept"),
  /// Counts misses for which the frequency side was too small.
  CACHE_FREQUENCY_GHOST_HITS(
      "lightning_cache_frequency_ghost_hits_total",
      COUNTER,
      "Misses of a block that a greater frequency side would have kept"),

  /// The memory budget.
  MEMORY_BUDGET("lightning_memory_budget_bytes", GAUGE, "Bytes that all parts together may take"),
  /// Memory by part.
  MEMORY(
      "lightning_memory_bytes", GAUGE, "Bytes of the memory budget that a part holds", Label.PART),
  /// Requests that wait for memory.
  MEMORY_WAITING("lightning_memory_requests_waiting", GAUGE, "Requests that wait for memory"),
  /// Requests that found none.
  MEMORY_REFUSED(
      "lightning_memory_requests_refused_total",
      COUNTER,
      "Requests that were refused because others held the memory that they needed"),

  /// Open snapshots.
  SNAPSHOTS("lightning_snapshots", GAUGE, "Open snapshots"),
  /// Age of the oldest.
  SNAPSHOT_OLDEST_AGE(
      "lightning_snapshot_oldest_age_seconds",
      GAUGE,
      "Age of the oldest open snapshot, 0 if there is none"),
  /// Lists that rest.
  CURSORS("lightning_cursors", GAUGE, "Lists that rest between two pages"),
  /// Open transactions.
  TRANSACTIONS_OPEN(
      "lightning_transactions_open",
      GAUGE,
      "Open transactions, by whether they wait for a lock",
      Label.STATE),
  /// Keys locked.
  TRANSACTIONS_LOCKS("lightning_transactions_locks", GAUGE, "Keys locked by transactions"),
  /// Counts commits of transactions.
  TRANSACTIONS_COMMITTED(
      "lightning_transactions_committed_total", COUNTER, "Transactions committed"),
  /// Counts rollbacks.
  TRANSACTIONS_ROLLED_BACK(
      "lightning_transactions_rolled_back_total",
      COUNTER,
      "Transactions rolled back, conflicts and deadlocks among them"),
  /// Counts transactions that were ended.
  TRANSACTIONS_EXPIRED(
      "lightning_transactions_expired_total",
      COUNTER,
      "Transactions ended by their lease, their age or an operator"),
  /// Counts conflicts.
  TRANSACTIONS_CONFLICTS(
      "lightning_transactions_conflicts_total",
      COUNTER,
      "Commits and locks refused because of another commit"),
  /// Counts deadlocks.
  TRANSACTIONS_DEADLOCKS(
      "lightning_transactions_deadlocks_total",
      COUNTER,
      "Transactions that gave way in a deadlock"),

  /// Whether writes are refused since a failure.
  STORAGE_FAILED(
      "lightning_storage_failed", GAUGE, "1 if writes are refused since a storage failure, else 0"),
  /// How long writes have been refused.
  STORAGE_FAILURE_AGE(
      "lightning_storage_failure_age_seconds",
      GAUGE,
      "Time since the storage failure that refuses writes, 0 if there is none"),
  /// Damage known.
  INTEGRITY_FAULTS(
      "lightning_integrity_faults",
      GAUGE,
      "Damaged places that reads, the scrubber or the last integrity check met"),
  /// What is damaged.
  QUARANTINED_BLOCKS(
      "lightning_quarantined_blocks",
      GAUGE,
      "Damaged blocks of runs that were met since the start and are in use"),
  /// What the scrubber reads.
  SCRUB_READ(
      "lightning_scrub_read_bytes_total",
      COUNTER,
      "Bytes of files that the scrubber has read and verified"),
  /// What the scrubber finds.
  SCRUB_DAMAGED(
      "lightning_scrub_damaged_total",
      COUNTER,
      "Damaged places that the scrubber has met, again in each pass"),
  /// How often it has read everything.
  SCRUB_PASSES(
      "lightning_scrub_passes_total",
      COUNTER,
      "Passes of the scrubber over everything that were completed"),
  /// How far it has come.
  SCRUB_PASS_DONE(
      "lightning_scrub_pass_done_ratio",
      GAUGE,
      "How much of the pass under way is done; 1 if none is under way"),
  /// When it has last read everything.
  SCRUB_COMPLETED(
      "lightning_scrub_completed_timestamp_seconds",
      GAUGE,
      "When a pass of the scrubber was last completed, in seconds since 1970; 0 for never"),
  /// Free space.
  DISK_FREE(
      "lightning_disk_free_bytes",
      GAUGE,
      "Bytes that may still be written to the disk of the data directory"),
  /// Space held.
  DISK_BALLAST(
      "lightning_disk_ballast_bytes",
      GAUGE,
      "Bytes of the disk that the engine holds in a file of its own for what gives space back"),
  /// Space kept free.
  DISK_RESERVE(
      "lightning_disk_reserve_bytes",
      GAUGE,
      "Bytes of the disk that are kept for deletions, flushes and compactions, those held in a file among them"),
  /// Whether new data is refused.
  DISK_RESERVE_REACHED(
      "lightning_disk_reserve_reached",
      GAUGE,
      "1 if writes of new data are refused because less than the reserve is free, else 0"),
  /// Counts writes refused for lack of space.
  DISK_WRITES_REFUSED(
      "lightning_disk_writes_refused_total",
      COUNTER,
      "Writes of new data refused because less than the reserve was free"),
  /// Counts what the system refused.
  SYSTEM_REFUSALS(
      "lightning_system_refusals_total",
      COUNTER,
      "Flushes, compactions and log segments that the system refused something, and that were tried again",
      Label.RESOURCE),
  /// What operators have put the service into.
  MODE(
      "lightning_mode",
      GAUGE,
      "1 for the mode that operators have put the service into, 0 for the others",
      Label.MODE),
  /// How long the certificate is still valid.
  TLS_CERTIFICATE_SECONDS(
      "lightning_tls_certificate_remaining_seconds",
      GAUGE,
      "Time until the first certificate that is served expires, negative once it has; not a number without TLS"),
  /// Whether a newer certificate is refused.
  TLS_RELOAD_REFUSED(
      "lightning_tls_reload_refused",
      GAUGE,
      "1 while a key or certificate that was read again is refused and the old one stays in force, else 0"),
  /// Counts requests denied.
  DENIED_REQUESTS(
      "lightning_denied_requests_total",
      COUNTER,
      "Requests that were refused for who sent them",
      Label.DENIAL_REASON),

  /// Requests being served.
  REQUESTS_ACTIVE(
      "lightning_requests_active",
      GAUGE,
      "Requests of the API that are being served; 0 if unbounded"),
  /// Requests that wait.
  REQUESTS_QUEUED(
      "lightning_requests_queued", GAUGE, "Requests of the API that wait until they are served"),
  /// Clients known.
  REQUESTS_CLIENTS(
      "lightning_requests_clients",
      GAUGE,
      "Clients whose rate of requests is remembered; 0 without a limit"),
  /// Counts requests refused.
  REQUESTS_REFUSED(
      "lightning_requests_refused_total",
      COUNTER,
      "Requests of the API that were refused because there were too many",
      Label.REFUSAL_REASON),

  /// Answers being compressed.
  COMPRESSION_ACTIVE(
      "lightning_compression_active",
      GAUGE,
      "Answers that are being compressed, each of which takes 300 KB of memory"),
  /// Counts answers left as they were.
  COMPRESSION_LEFT(
      "lightning_compression_left_out_total",
      COUNTER,
      "Answers that went out as they were though their client asked for compression, because as many as may be were being compressed"),

  /// Counts requests whose client went away.
  REQUESTS_ABORTED(
      "lightning_requests_aborted_total",
      COUNTER,
      "Requests whose client went away before it had sent the body or taken the answer",
      Label.ABORTED_PART),

  /// Bound of what is shared.
  SHARE_MAX("lightning_share_max", GAUGE, "How much there is of it for all callers", Label.SHARED),
  /// What is had of it.
  SHARE_HELD("lightning_share_held", GAUGE, "How much of it callers have", Label.SHARED),
  /// Who has some of it.
  SHARE_CALLERS("lightning_share_callers", GAUGE, "Callers that have some of it", Label.SHARED),
  /// Counts wishes refused.
  SHARE_REFUSED(
      "lightning_share_refused_total",
      COUNTER,
      "How often a caller was refused more of it",
      Label.SHARED),
  /// Connections open.
  CONNECTIONS_OPEN("lightning_connections_open", GAUGE, "Connections of clients that are open"),
  /// Connections in use.
  CONNECTIONS_BUSY(
      "lightning_connections_busy",
      GAUGE,
      "Connections of clients on which a request is served or read"),
  /// Most connections.
  CONNECTIONS_MAX(
      "lightning_connections_max", GAUGE, "Most connections of clients that may be open"),
  /// Counts connections closed.
  CONNECTIONS_CLOSED(
      "lightning_connections_closed_total",
      COUNTER,
      "Connections that the service closed, or did not take, though their client would have kept them",
      Label.CLOSE_REASON),

  /// Duration of requests.
  REQUEST(
      "lightning_request_seconds",
      HISTOGRAM,
      "Time from the head of a request over HTTP to the end of its answer, by what it asks for",
      Label.CALL),
  /// Heap of the history.
  HISTORY("lightning_history_bytes", GAUGE, "Bytes of the history of the last six hours"),
  /// Counts slow requests.
  SLOW_REQUESTS(
      "lightning_slow_requests_total",
      COUNTER,
      "Requests that took at least lightning.requests.slow-threshold; 0 if that is 0"),

  /// Age of the newest backup.
  BACKUP_AGE(
      "lightning_backup_age_seconds", GAUGE, "Age of the newest backup; not a number without one"),
  /// Age of the last verification.
  BACKUP_VERIFICATION_AGE(
      "lightning_backup_verification_age_seconds",
      GAUGE,
      "Time since the last verification of a backup, if it found nothing wrong; not a number without one"),
  /// Size of the newest backup.
  BACKUP_SIZE("lightning_backup_size_bytes", GAUGE, "Bytes copied for the newest backup"),
  /// Counts backups.
  BACKUPS_MADE(
      "lightning_backups_completed_total",
      COUNTER,
      "Backups made, those of the catalogue at the start included"),
  /// Counts failures of backups.
  BACKUP_FAILURES(
      "lightning_backup_failures_total",
      COUNTER,
      "Backups, deletions of backups and verifications that failed"),
  /// Whether there is none.
  BACKUP_MISSING(
      "lightning_backup_missing",
      GAUGE,
      "1 if there is a place for backups and none was ever made"),
  /// Whether the last one failed.
  BACKUP_FAILED(
      "lightning_backup_failed",
      GAUGE,
      "1 if this work failed the last time that it was done",
      Label.WORK),
  /// Whether the log cannot be archived.
  ARCHIVE_FAILED("lightning_archive_failed", GAUGE, "1 if archiving the log failed the last time"),
  /// Whether there is a way around each gap.
  ARCHIVE_GAP_OPEN(
      "lightning_archive_gap_open",
      GAUGE,
      "1 if the archive of the log has a gap and no backup was made since"),
  /// Newest version archived.
  ARCHIVE_VERSION(
      "lightning_archive_version",
      GAUGE,
      "Newest version in the archive of the log; 0 without one"),
  /// Commits not archived yet.
  ARCHIVE_BEHIND("lightning_archive_behind", GAUGE, "Commits that are not archived yet"),
  /// Gaps in the archive.
  ARCHIVE_GAPS("lightning_archive_gaps", GAUGE, "Gaps in the archive of this life of the database"),
  /// Counts failures of archiving.
  ARCHIVE_FAILURES(
      "lightning_archive_failures_total", COUNTER, "Times that archiving the log failed"),

  /// Entries of a keyspace.
  KEYSPACE_ENTRIES(
      "lightning_keyspace_entries", GAUGE, "Upper bound of the number of entries", Label.KEYSPACE),
  /// Expired entries of a keyspace.
  KEYSPACE_EXPIRED_ENTRIES(
      "lightning_keyspace_expired_entries",
      GAUGE,
      "Lower bound of the number of expired entries that wait for a compaction",
      Label.KEYSPACE),
  /// Memtables of a keyspace.
  KEYSPACE_MEMTABLE(
      "lightning_keyspace_memtable_bytes", GAUGE, "Bytes held by memtables", Label.KEYSPACE),
  /// Frozen memtables of a keyspace.
  KEYSPACE_MEMTABLES_FROZEN(
      "lightning_keyspace_memtables_frozen",
      GAUGE,
      "Memtables that wait for their flush",
      Label.KEYSPACE),
  /// Older versions in a keyspace.
  KEYSPACE_VERSIONS_KEPT(
      "lightning_keyspace_versions_kept",
      GAUGE,
      "Versions with a newer one of the same key in the same memtable or run file",
      Label.KEYSPACE),
  /// Run files of a keyspace.
  KEYSPACE_RUN_FILES("lightning_keyspace_run_files", GAUGE, "Run files", Label.KEYSPACE),
  /// What a read may have to look into.
  KEYSPACE_SORTED_RUNS(
      "lightning_keyspace_sorted_runs",
      GAUGE,
      "Sorted runs, each of which a read may have to look into: its amplification",
      Label.KEYSPACE),
  /// What has been merged already.
  KEYSPACE_DEAD(
      "lightning_keyspace_dead_bytes",
      GAUGE,
      "Bytes of run files that compactions have taken over already, and that go with the rest of their file",
      Label.KEYSPACE),
  /// Size of them.
  KEYSPACE_RUN("lightning_keyspace_run_bytes", GAUGE, "Bytes of run files", Label.KEYSPACE),
  /// What scans walk through for nothing.
  KEYSPACE_ENTRIES_PASSED(
      "lightning_keyspace_entries_skipped_total",
      COUNTER,
      "Entries that scans passed without showing them, because they were deleted or had expired",
      Label.KEYSPACE);

  private static final List<String> UNITS = List.of("seconds", "bytes", "ratio");

  private final String fullName;
  private final Kind kind;
  private final String meaning;

  // Made by List.of.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<Label> labels;

  Metric(String fullName, Kind kind, String meaning, Label... labels) {
    this.fullName = fullName;
    this.kind = kind;
    this.meaning = meaning;
    this.labels = List.of(labels);
    if ((kind == COUNTER) != fullName.endsWith("_total")) {
      throw new IllegalStateException(
          fullName + ": names of counters, and only these, end in _total");
    }
    if ((kind == SUMMARY || kind == HISTOGRAM) && !fullName.endsWith("_seconds")) {
      throw new IllegalStateException(fullName + ": what is timed is told in seconds");
    }
  }

  /// What a metric is to Prometheus.
  public enum Kind {
    /// Rises from 0 at the start of the service.
    COUNTER,
    /// Rises and falls.
    GAUGE,
    /// Series that rise: `_bucket`, how often up to which bound, and `_count` and `_sum` as of a summary.
    HISTOGRAM,
    /// Two series that rise: `_count`, how often, and `_sum`, how long altogether.
    SUMMARY
  }

  /// The name in a scrape, without what histograms and summaries append.
  ///
  /// @return `lightning_…`
  public String fullName() {
    return fullName;
  }

  /// What it is to Prometheus.
  ///
  /// @return the type in a scrape
  public Kind kind() {
    return kind;
  }

  /// What it tells.
  ///
  /// @return a phrase
  public String meaning() {
    return meaning;
  }

  /// What it is told apart by.
  ///
  /// @return the labels; empty for most
  public List<Label> labels() {
    return labels;
  }

  /// The unit at the end of the name.
  ///
  /// @return null for a number of things
  public @Nullable String unit() {
    String name = withoutTotal();
    return UNITS.stream().filter(each -> name.endsWith("_" + each)).findFirst().orElse(null);
  }

  private String withoutTotal() {
    return kind == COUNTER
        ? fullName.substring(0, fullName.length() - "_total".length())
        : fullName;
  }

  /// The name that the registry makes [#fullName] of, by what it knows of Prometheus.
  private String meterName() {
    String name = withoutTotal();
    String unit = unit();
    String bare = unit == null ? name : name.substring(0, name.length() - unit.length() - 1);
    return bare.replace('_', '.');
  }

  /// Registers a counter or gauge that is read when somebody looks.
  ///
  /// @param <T> what it is read from
  /// @param registry takes it
  /// @param source what it is read from; kept weakly, so that somebody else must hold it
  /// @param value reads it, in the unit of the name
  /// @param labelValues one for each label, in their order
  /// @return what was registered
  public <T> Meter register(
      MeterRegistry registry, T source, ToDoubleFunction<T> value, String... labelValues) {
    Tags tags = tags(labelValues);
    return switch (kind) {
      case COUNTER ->
          FunctionCounter.builder(meterName(), source, value)
              .description(meaning)
              .baseUnit(unit())
              .tags(tags)
              .register(registry);
      case GAUGE ->
          Gauge.builder(meterName(), source, value)
              .description(meaning)
              .baseUnit(unit())
              .tags(tags)
              .register(registry);
      case HISTOGRAM, SUMMARY -> throw new IllegalStateException(fullName + " is timed");
    };
  }

  /// Registers a summary that is read when somebody looks.
  ///
  /// @param <T> what it is read from
  /// @param registry takes it
  /// @param source what it is read from; kept weakly, so that somebody else must hold it
  /// @param count reads how often
  /// @param nanos reads how long altogether, in nanoseconds
  /// @param labelValues one for each label, in their order
  public <T> void registerTimed(
      MeterRegistry registry,
      T source,
      ToLongFunction<T> count,
      ToDoubleFunction<T> nanos,
      String... labelValues) {
    require(SUMMARY);
    FunctionTimer.builder(meterName(), source, count, nanos, TimeUnit.NANOSECONDS)
        .description(meaning)
        .tags(tags(labelValues))
        .register(registry);
  }

  /// Registers a counter that the caller counts up.
  ///
  /// @param registry takes it
  /// @param labelValues one for each label, in their order
  /// @return the counter
  public Counter counter(MeterRegistry registry, String... labelValues) {
    require(COUNTER);
    return Counter.builder(meterName())
        .description(meaning)
        .baseUnit(unit())
        .tags(tags(labelValues))
        .register(registry);
  }

  /// Registers a gauge whose rows come and go, as keyspaces do.
  ///
  /// @param registry takes it
  /// @return the gauge, without rows
  public MultiGauge rows(MeterRegistry registry) {
    require(GAUGE);
    return MultiGauge.builder(meterName()).description(meaning).baseUnit(unit()).register(registry);
  }

  /// Puts label values beside the names of the labels.
  ///
  /// @param labelValues one for each label, in their order
  /// @return the tags of a meter
  /// @throws IllegalArgumentException if there are more or fewer than labels, or one is not a value of its label
  public Tags tags(String... labelValues) {
    if (labelValues.length != labels.size()) {
      throw new IllegalArgumentException(
          "%s has the labels %s, and got %d values"
              .formatted(fullName, labels.stream().map(Label::word).toList(), labelValues.length));
    }
    Tags tags = Tags.empty();
    for (int i = 0; i < labelValues.length; i++) {
      Label label = labels.get(i);
      if (!label.allows(labelValues[i])) {
        throw new IllegalArgumentException(
            "%s of %s is one of %s, not %s"
                .formatted(label.word(), fullName, label.allowed(), labelValues[i]));
      }
      tags = tags.and(label.word(), labelValues[i]);
    }
    return tags;
  }

  private void require(Kind wanted) {
    if (kind != wanted) {
      throw new IllegalStateException(fullName + " is a " + kind + ", not a " + wanted);
    }
  }
}
