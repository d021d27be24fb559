package io.lightningdb.engine.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Draws what follows from the uses of one register. *Confined to one thread.*
///
/// Of the order of its versions this much is known: nothing is before everything; a transaction that read one version and
/// wrote another put it behind the one it read; and a write that began after the answer to another one is behind it.
final class RegisterOrder {
  private final List<Use<Long>> uses;
  private final Map<Long, Attempt> writers;
  private final DependencyGraph graph;
  private final List<Finding> findings;
  private final List<Use<Long>> writes;
  private final Map<Long, List<Use<Long>>> readersThatWrite = new HashMap<>();

  RegisterOrder(
      List<Use<Long>> uses,
      Map<Long, Attempt> writers,
      DependencyGraph graph,
      List<Finding> findings) {
    this.uses = uses;
    this.writers = writers;
    this.graph = graph;
    this.findings = findings;
    this.writes = uses.stream().filter(Use::writes).toList();
    for (Use<Long> use : writes) {
      Long read = use.read();
      if (read != null) {
        readersThatWrite.computeIfAbsent(read, _ -> new ArrayList<>()).add(use);
      }
    }
  }

  void draw() {
    for (Use<Long> use : writes) {
      for (Use<Long> next : behind(use)) {
        graph.add(use.number(), next.number(), Dependency.WRITE_WRITE);
      }
    }
    for (Use<Long> use : uses) {
      Long read = use.read();
      if (read != null) {
        drawRead(use, read);
      }
    }
    readersThatWrite.forEach(this::checkLostUpdates);
  }

  private void drawRead(Use<Long> use, long value) {
    if (value == 0) {
      writes.forEach(next -> graph.add(use.number(), next.number(), Dependency.READ_WRITE));
      return;
    }
    Use<Long> writer = writerOf(value);
    if (writer == null || writer.isIntermediate(value)) {
      findings.add(wrongRead(use, value));
    } else {
      graph.add(writer.number(), use.number(), Dependency.WRITE_READ);
      for (Use<Long> next : behind(writer)) {
        graph.add(use.number(), next.number(), Dependency.READ_WRITE);
      }
    }
  }

  private @Nullable Use<Long> writerOf(long value) {
    return writes.stream().filter(use -> use.written().contains(value)).findFirst().orElse(null);
  }

  private Finding wrongRead(Use<Long> use, long value) {
    String text = "T%d read %s as %d".formatted(use.number(), use.key(), value);
    Attempt writer = writers.get(value);
    if (writer == null) {
      return new Finding(Anomaly.GARBAGE_READ, text + ", which nobody wrote");
    }
    Anomaly anomaly =
        switch (writer.outcome()) {
          case ABORTED -> Anomaly.ABORTED_READ;
          case COMMITTED, UNKNOWN ->
              writerOf(value) == null ? Anomaly.GARBAGE_READ : Anomaly.INTERMEDIATE_READ;
        };
    return new Finding(anomaly, text + ", of T%d".formatted(writer.number()));
  }

  /// Writes that are surely behind another one, the nearest of them.
  private List<Use<Long>> behind(Use<Long> write) {
    List<Use<Long>> behind =
        new ArrayList<>(readersThatWrite.getOrDefault(write.written().getLast(), List.of()));
    long answered = write.attempt().completed();
    long nearest =
        writes.stream()
            .filter(other -> other.attempt().invoked() > answered)
            .mapToLong(other -> other.attempt().completed())
            .min()
            .orElse(Long.MAX_VALUE);
    writes.stream()
        .filter(other -> other.attempt().invoked() > answered)
        .filter(other -> other.attempt().invoked() <= nearest)
        .forEach(behind::add);
    return behind;
  }

  /// Of two transactions that read the same version and wrote the next one, one did not see the other's: whichever was
  /// first, the other's anti-dependency and the order of their writes close a circle.
  private void checkLostUpdates(long read, List<Use<Long>> updates) {
    if (updates.size() > 1) {
      findings.add(
          new Finding(
              Anomaly.SINGLE_ANTI_DEPENDENCY,
              "lost update: T%d and T%d both read %s as %d and wrote it"
                  .formatted(
                      updates.get(0).number(),
                      updates.get(1).number(),
                      updates.get(0).key(),
                      read)));
    }
  }
}
