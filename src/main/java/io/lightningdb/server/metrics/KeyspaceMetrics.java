package io.lightningdb.server.metrics;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceStats;
import io.lightningdb.server.keyspace.KeyspacesChanged;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/// Figures of each keyspace, under the label `keyspace`.
@Component
class KeyspaceMetrics implements MeterBinder {
  private final Database database;
  private final List<Figure> figures = new CopyOnWriteArrayList<>();

  /// Called by Spring.
  ///
  /// @param database the open database
  KeyspaceMetrics(Database database) {
    this.database = database;
  }

  private record Figure(MultiGauge gauge, ToDoubleFunction<Keyspace> value) {}

  @Override
  public void bindTo(MeterRegistry registry) {
    add(
        registry,
        "lightning.keyspace.entries",
        "entries",
        "Upper bound of the number of entries",
        KeyspaceStats::entries);
    add(
        registry,
        "lightning.keyspace.expired.entries",
        "entries",
        "Lower bound of the number of expired entries that wait for a merge",
        KeyspaceStats::expiredEntries);
    add(
        registry,
        "lightning.keyspace.memtable",
        "bytes",
        "Bytes held by memtables",
        KeyspaceStats::memtableBytes);
    add(
        registry,
        "lightning.keyspace.memtables.frozen",
        "",
        "Memtables that wait for their flush",
        KeyspaceStats::memtablesFrozen);
    figures.add(
        new Figure(
            MultiGauge.builder("lightning.keyspace.versions.kept")
                .description(
                    "Versions with a newer one of the same key in the same memtable or run file")
                .register(registry),
            Keyspace::versionsKept));
    add(registry, "lightning.keyspace.runs", "", "Run files", KeyspaceStats::runs);
    add(registry, "lightning.keyspace.run", "bytes", "Bytes of run files", KeyspaceStats::runBytes);
    refresh();
  }

  private void add(
      MeterRegistry registry,
      String name,
      String unit,
      String description,
      ToDoubleFunction<KeyspaceStats> value) {
    MultiGauge.Builder gauge = MultiGauge.builder(name).description(description);
    figures.add(
        new Figure(
            (unit.isEmpty() ? gauge : gauge.baseUnit(unit)).register(registry),
            keyspace -> value.applyAsDouble(keyspace.stats())));
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
      figure
          .gauge()
          .register(
              keyspaces.stream().map(keyspace -> row(keyspace, figure.value())).toList(), true);
    }
  }

  private static MultiGauge.Row<Keyspace> row(Keyspace keyspace, ToDoubleFunction<Keyspace> value) {
    return MultiGauge.Row.of(
        Tags.of("keyspace", keyspace.name()), keyspace, each -> read(each, value));
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
