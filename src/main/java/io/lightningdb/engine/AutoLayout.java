package io.lightningdb.engine;

import io.lightningdb.engine.compaction.LayoutAdvisor;
import io.lightningdb.engine.compaction.LayoutPolicy;
import io.lightningdb.engine.store.AccessCounts;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// What a keyspace with the layout `AUTO` has learnt about its use. *Thread-safe* for reading; windows end on one
/// thread.
final class AutoLayout {
  private static final System.Logger LOG = System.getLogger(AutoLayout.class.getName());
  private static final int DECISIONS_KEPT = 20;

  private volatile LayoutAdvisor advisor = LayoutAdvisor.start();
  private volatile List<LayoutDecision> decisions = List.of();
  private LayoutAdvisor.Mix before = new LayoutAdvisor.Mix(0, 0, 0);

  /// The policy in force.
  LayoutPolicy policy() {
    return advisor.policy();
  }

  /// The last decisions.
  List<LayoutDecision> decisions() {
    return decisions;
  }

  /// Ends a window.
  ///
  /// @param keyspace for the log
  /// @param counts of all accesses so far
  /// @param millis now
  /// @return whether another policy is in force now
  boolean endWindow(String keyspace, AccessCounts.Sums counts, long millis) {
    LayoutAdvisor.Mix all = new LayoutAdvisor.Mix(counts.gets(), counts.scans(), counts.writes());
    LayoutAdvisor.Mix window =
        new LayoutAdvisor.Mix(
            all.gets() - before.gets(),
            all.scans() - before.scans(),
            all.writes() - before.writes());
    before = all;
    LayoutAdvisor.Outcome outcome = advisor.observe(window);
    advisor = outcome.next();
    outcome.decision().ifPresent(decision -> note(keyspace, decision, millis));
    return outcome.decision().isPresent();
  }

  private void note(String keyspace, LayoutAdvisor.Decision decision, long millis) {
    LayoutDecision noted =
        new LayoutDecision(
            Instant.ofEpochMilli(millis),
            Layout.of(decision.from()),
            Layout.of(decision.to()),
            decision.reason());
    LOG.log(
        System.Logger.Level.INFO,
        () ->
            "keyspace %s goes from layout %s to %s: %s"
                .formatted(keyspace, noted.from(), noted.to(), noted.reason()));
    Deque<LayoutDecision> kept = new ArrayDeque<>(decisions);
    kept.addLast(noted);
    if (kept.size() > DECISIONS_KEPT) {
      kept.removeFirst();
    }
    decisions = List.copyOf(kept);
  }
}
