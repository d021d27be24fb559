package io.lightningdb.engine.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sums up what a transaction had to do with each list. *Confined to one thread.*
final class ListUses {
  private final Attempt attempt;
  private final List<Finding> findings;
  private final Map<String, Sum> sums = new LinkedHashMap<>();

  private static final class Sum {
    private @Nullable List<Long> read;
    private final List<Long> appended = new ArrayList<>();
  }

  private ListUses(Attempt attempt, List<Finding> findings) {
    this.attempt = attempt;
    this.findings = findings;
  }

  static List<Use<List<Long>>> of(Attempt attempt, List<Finding> findings) {
    return new ListUses(attempt, findings).uses();
  }

  private List<Use<List<Long>>> uses() {
    for (Action action : attempt.actions()) {
      switch (action) {
        case Action.Append(String key, long element) -> sum(key).appended.add(element);
        case Action.ReadList(String key, List<Long> elements) -> read(key, elements);
        case Action.Read _, Action.Write _ -> {}
      }
    }
    List<Use<List<Long>>> uses = new ArrayList<>();
    sums.forEach((key, sum) -> uses.add(new Use<>(attempt, key, sum.read, sum.appended)));
    return uses;
  }

  private Sum sum(String key) {
    return sums.computeIfAbsent(key, _ -> new Sum());
  }

  private void read(String key, List<Long> elements) {
    Sum sum = sum(key);
    int others = elements.size() - sum.appended.size();
    boolean ownSeen = others >= 0 && elements.subList(others, elements.size()).equals(sum.appended);
    List<Long> before = ownSeen ? elements.subList(0, others) : null;
    if (before == null || (sum.read != null && !sum.read.equals(before))) {
      findings.add(
          new Finding(
              Anomaly.INTERNAL,
              "T%d read %s as %s after it had read %s and appended %s"
                  .formatted(attempt.number(), key, elements, sum.read, sum.appended)));
    } else {
      sum.read = List.copyOf(before);
    }
  }
}
