package io.lightningdb.server.keyspace;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceStats;
import io.lightningdb.server.metrics.Metric;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/// Figures of each keyspace, under the label `keyspace`.
@Component
class KeyspaceMetrics implements MeterBinder {
  private final Database database;
  private final List<Figure> figures = new CopyOnWriteArrayList<>();

  // Of each registry, what counts by keyspace: guarded by this.
  private final Map<MeterRegistry, Map<Keyspace, Meter>> counters = new LinkedHashMap<>();

  /// Called by Spring.
  ///
  /// @param database the open database
  KeyspaceMetrics(Database database) {
    this.database = database;
  }

  private record Figure(Metric metric, MultiGauge gauge, ToDoubleFunction<Keyspace> value) {}

  @Override
  public void bindTo(MeterRegistry registry) {
    add(registry, Metric.KEYSPACE_ENTRIES, KeyspaceStats::entries);
    add(registry, Metric.KEYSPACE_EXPIRED_ENTRIES, KeyspaceStats::expiredEntries);
    add(registry, Metric.KEYSPACE_MEMTABLE, KeyspaceStats::memtableBytes);
    add(registry, Metric.KEYSPACE_MEMTABLES_FROZEN, KeyspaceStats::memtablesFrozen);
    figures.add(
        new Figure(
            Metric.KEYSPACE_VERSIONS_KEPT,
            Metric.KEYSPACE_VERSIONS_KEPT.rows(registry),
            Keyspace::versionsKept));
    add(registry, Metric.KEYSPACE_RUN_FILES, KeyspaceStats::runFiles);
    add(registry, Metric.KEYSPACE_SORTED_RUNS, KeyspaceMetrics::sortedRuns);
    add(registry, Metric.KEYSPACE_DEAD, KeyspaceStats::deadBytes);
    add(registry, Metric.KEYSPACE_RUN, KeyspaceStats::runBytes);
    synchronized (this) {
      counters.put(registry, new HashMap<>());
    }
    refresh();
  }

  private static int sortedRuns(KeyspaceStats stats) {
    return stats.levels().stream().mapToInt(KeyspaceStats.Level::sortedRuns).sum();
  }

  private void add(MeterRegistry registry, Metric metric, ToDoubleFunction<KeyspaceStats> value) {
    figures.add(
        new Figure(
            metric, metric.rows(registry), keyspace -> value.applyAsDouble(keyspace.stats())));
  }

  /// Called by Spring when a keyspace was created or dropped.
  ///
  /// @param event says no more than that
  @EventListener
  void onChange(KeyspacesChanged event) {
    refresh();
  }

  private synchronized void refresh() {
    List<Keyspace> keyspaces = database.keyspaces();
    for (Figure figure : figures) {
      figure.gauge().register(keyspaces.stream().map(each -> row(each, figure)).toList(), true);
    }
    counters.forEach((registry, meters) -> refreshCounters(registry, meters, keyspaces));
  }

  private static void refreshCounters(
      MeterRegistry registry, Map<Keyspace, Meter> meters, List<Keyspace> keyspaces) {
    Set<Keyspace> present = Set.copyOf(keyspaces);
    // First: a keyspace that was dropped and created again has another count under the same name.
    meters
        .entrySet()
        .removeIf(each -> !present.contains(each.getKey()) && remove(registry, each.getValue()));
    for (Keyspace keyspace : keyspaces) {
      meters.computeIfAbsent(
          keyspace,
          _ ->
              Metric.KEYSPACE_ENTRIES_PASSED.register(
                  registry, keyspace, Keyspace::entriesPassed, keyspace.name()));
    }
  }

  private static boolean remove(MeterRegistry registry, Meter meter) {
    registry.remove(meter);
    return true;
  }

  private static MultiGauge.Row<Keyspace> row(Keyspace keyspace, Figure figure) {
    return MultiGauge.Row.of(
        figure.metric().tags(keyspace.name()), keyspace, each -> read(each, figure.value()));
  }

  private static double read(Keyspace keyspace, ToDoubleFunction<Keyspace> value) {
    try {
      return value.applyAsDouble(keyspace);
    } catch (EngineException _) {
      // Dropped, and its row goes with the next refresh; or damaged, which other figures tell.
      return Double.NaN;
    }
  }
}
