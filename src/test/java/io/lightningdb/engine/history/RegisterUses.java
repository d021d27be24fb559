package io.lightningdb.engine.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sums up what a transaction had to do with each register. *Confined to one thread.*
final class RegisterUses {
  private final Attempt attempt;
  private final List<Finding> findings;
  private final Map<String, Sum> sums = new LinkedHashMap<>();

  private static final class Sum {
    private @Nullable Long read;
    private final List<Long> written = new ArrayList<>();
  }

  private RegisterUses(Attempt attempt, List<Finding> findings) {
    this.attempt = attempt;
    this.findings = findings;
  }

  static List<Use<Long>> of(Attempt attempt, List<Finding> findings) {
    return new RegisterUses(attempt, findings).uses();
  }

  private List<Use<Long>> uses() {
    for (Action action : attempt.actions()) {
      switch (action) {
        case Action.Write(String key, long value) -> sum(key).written.add(value);
        case Action.Read(String key, long value) -> read(key, value);
        case Action.Append _, Action.ReadList _ -> {}
      }
    }
    List<Use<Long>> uses = new ArrayList<>();
    sums.forEach((key, sum) -> uses.add(new Use<>(attempt, key, sum.read, sum.written)));
    return uses;
  }

  private Sum sum(String key) {
    return sums.computeIfAbsent(key, _ -> new Sum());
  }

  private void read(String key, long value) {
    Sum sum = sum(key);
    Long expected = sum.written.isEmpty() ? sum.read : sum.written.getLast();
    if (expected == null) {
      sum.read = value;
    } else if (expected != value) {
      findings.add(
          new Finding(
              Anomaly.INTERNAL,
              "T%d read %s as %d where %d was due"
                  .formatted(attempt.number(), key, value, expected)));
    }
  }
}
