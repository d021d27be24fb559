package io.lightningdb.engine.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Draws what follows from the uses of one list: its longest version that was read shows the order of all before it, and
/// whatever was appended and is not in it came later. *Confined to one thread.*
final class ListOrder {
  private final List<Use<List<Long>>> uses;
  private final Map<Long, Attempt> writers;
  private final DependencyGraph graph;
  private final List<Finding> findings;
  private final List<Long> longest;
  private final List<Use<List<Long>>> later = new ArrayList<>();

  ListOrder(
      List<Use<List<Long>>> uses,
      Map<Long, Attempt> writers,
      DependencyGraph graph,
      List<Finding> findings) {
    this.uses = uses;
    this.writers = writers;
    this.graph = graph;
    this.findings = findings;
    this.longest =
        uses.stream()
            .map(Use::read)
            .filter(read -> read != null)
            .max(Comparator.comparingInt(List::size))
            .orElse(List.of());
  }

  void draw() {
    checkElements();
    for (Use<List<Long>> use : uses) {
      if (use.writes() && !longest.contains(use.written().getFirst())) {
        later.add(use);
      }
    }
    for (int i = 0; i < longest.size(); i++) {
      drawReplacements(writers.get(longest.get(i)), i + 1);
    }
    for (Use<List<Long>> use : uses) {
      List<Long> read = use.read();
      if (read != null && isPrefix(read, use)) {
        drawRead(use, read);
      }
    }
  }

  private void checkElements() {
    if (new HashSet<>(longest).size() < longest.size()) {
      findings.add(new Finding(Anomaly.GARBAGE_READ, "an element comes twice in " + longest));
    }
    for (Use<List<Long>> use : uses) {
      List<Long> read = use.read();
      if (read != null) {
        read.forEach(element -> checkElement(use, element));
      }
    }
  }

  private void checkElement(Use<List<Long>> use, long element) {
    Attempt writer = writers.get(element);
    String text = "T%d read %d in %s".formatted(use.number(), element, use.key());
    if (writer == null) {
      findings.add(new Finding(Anomaly.GARBAGE_READ, text + ", which nobody appended"));
    } else if (writer.outcome() == Attempt.Outcome.ABORTED) {
      findings.add(new Finding(Anomaly.ABORTED_READ, text + ", of T%d".formatted(writer.number())));
    }
  }

  private boolean isPrefix(List<Long> read, Use<List<Long>> use) {
    boolean prefix = longest.subList(0, read.size()).equals(read);
    if (!prefix) {
      findings.add(
          new Finding(
              Anomaly.INCOMPATIBLE_ORDER,
              "T%d read %s as %s, and another transaction as %s"
                  .formatted(use.number(), use.key(), read, longest)));
    }
    return prefix;
  }

  private void drawRead(Use<List<Long>> use, List<Long> read) {
    if (!read.isEmpty()) {
      long last = read.getLast();
      Attempt writer = writers.get(last);
      for (Use<List<Long>> other : uses) {
        if (other.isIntermediate(last) && other.number() != use.number()) {
          findings.add(
              new Finding(
                  Anomaly.INTERMEDIATE_READ,
                  "T%d read %s up to %d, and T%d appended more"
                      .formatted(use.number(), use.key(), last, other.number())));
        }
      }
      if (writer != null) {
        graph.add(writer.number(), use.number(), Dependency.WRITE_READ);
      }
    }
    drawNext(use.number(), read.size(), Dependency.READ_WRITE);
  }

  private void drawReplacements(@Nullable Attempt writer, int next) {
    if (writer != null) {
      drawNext(writer.number(), next, Dependency.WRITE_WRITE);
    }
  }

  /// Draws an edge to whoever made the version that has one element more than `size`.
  private void drawNext(int from, int size, Dependency dependency) {
    if (size < longest.size()) {
      Attempt next = writers.get(longest.get(size));
      if (next != null) {
        graph.add(from, next.number(), dependency);
      }
    } else {
      later.forEach(use -> graph.add(from, use.number(), dependency));
    }
  }
}
