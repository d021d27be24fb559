package io.lightningdb.engine.history;

import io.lightningdb.engine.Isolation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Tells which anomalies a history shows. *Confined to one thread.*
///
/// Attempts that took effect are the committed ones, and those of unknown outcome whose writes were seen. Among them it
/// draws what had to come before what: writes over the writes they replaced, reads after the writes they saw and before
/// those they did not, answers before later beginnings. A history that some order of its transactions explains has no cycle.
final class HistoryChecker {
  private final List<Attempt> history;
  private final Map<Long, Attempt> writers = new HashMap<>();
  private final Set<Attempt> effective;
  private final List<Finding> findings = new ArrayList<>();

  private HistoryChecker(List<Attempt> history) {
    this.history = history;
    for (Attempt attempt : history) {
      for (Action action : attempt.actions()) {
        switch (action) {
          case Action.Append(_, long element) -> wrote(attempt, element);
          case Action.Write(_, long value) -> wrote(attempt, value);
          case Action.ReadList _, Action.Read _ -> {}
        }
      }
    }
    this.effective = effective();
  }

  private void wrote(Attempt attempt, long value) {
    if (value == 0 || writers.put(value, attempt) != null) {
      throw new IllegalArgumentException("written values have to be unique and not 0: " + value);
    }
  }

  /// The anomalies of a history.
  static List<Finding> check(List<Attempt> history) {
    return new HistoryChecker(history).run();
  }

  /// The anomalies of a history that an isolation level promises not to have.
  static List<Finding> check(List<Attempt> history, Isolation isolation) {
    return check(history).stream()
        .filter(finding -> finding.anomaly().isForbiddenBy(isolation))
        .toList();
  }

  private Set<Attempt> effective() {
    Set<Attempt> effective = new HashSet<>();
    List<Attempt> open = new ArrayList<>();
    history.stream()
        .filter(attempt -> attempt.outcome() == Attempt.Outcome.COMMITTED)
        .forEach(open::add);
    while (!open.isEmpty()) {
      Attempt attempt = open.removeLast();
      if (effective.add(attempt)) {
        for (long value : valuesRead(attempt)) {
          Attempt writer = writers.get(value);
          if (writer != null && writer.outcome() == Attempt.Outcome.UNKNOWN) {
            open.add(writer);
          }
        }
      }
    }
    return effective;
  }

  private static List<Long> valuesRead(Attempt attempt) {
    List<Long> values = new ArrayList<>();
    for (Action action : attempt.actions()) {
      switch (action) {
        case Action.ReadList(_, List<Long> elements) -> values.addAll(elements);
        case Action.Read(_, long value) -> values.add(value);
        case Action.Append _, Action.Write _ -> {}
      }
    }
    return values;
  }

  private List<Finding> run() {
    DependencyGraph graph = new DependencyGraph(history.size());
    Map<String, List<Use<List<Long>>>> lists = new LinkedHashMap<>();
    Map<String, List<Use<Long>>> registers = new LinkedHashMap<>();
    for (Attempt attempt : history) {
      List<Use<List<Long>>> ofLists = ListUses.of(attempt, findings);
      List<Use<Long>> ofRegisters = RegisterUses.of(attempt, findings);
      if (effective.contains(attempt)) {
        ofLists.forEach(use -> lists.computeIfAbsent(use.key(), _ -> new ArrayList<>()).add(use));
        ofRegisters.forEach(
            use -> registers.computeIfAbsent(use.key(), _ -> new ArrayList<>()).add(use));
      }
    }
    lists.values().forEach(uses -> new ListOrder(uses, writers, graph, findings).draw());
    registers.values().forEach(uses -> new RegisterOrder(uses, writers, graph, findings).draw());
    drawRealTime(graph);
    findings.addAll(CycleSearch.run(graph));
    return findings;
  }

  /// Draws just the edges from which all others follow: to a beginning from each earlier answer that no other answer before
  /// that beginning came wholly after.
  private void drawRealTime(DependencyGraph graph) {
    record Event(long tick, boolean isAnswer, Attempt attempt) {}
    List<Event> events = new ArrayList<>();
    for (Attempt attempt : effective) {
      events.add(new Event(attempt.invoked(), false, attempt));
      if (attempt.outcome() == Attempt.Outcome.COMMITTED) {
        events.add(new Event(attempt.completed(), true, attempt));
      }
    }
    events.sort(Comparator.comparingLong(Event::tick));
    Set<Attempt> newest = new HashSet<>();
    for (Event event : events) {
      Attempt attempt = event.attempt();
      if (event.isAnswer()) {
        newest.removeIf(earlier -> earlier.completed() < attempt.invoked());
        newest.add(attempt);
      } else {
        newest.forEach(
            earlier -> graph.add(earlier.number(), attempt.number(), Dependency.REAL_TIME));
      }
    }
  }
}
