package io.lightningdb.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Isolation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The judge: histories made by hand, each with the anomaly that it has to find, or with none.
class HistoryCheckerTest {
  private final List<Attempt> history = new ArrayList<>();

  private void at(long invoked, long completed, Attempt.Outcome outcome, Action... actions) {
    history.add(
        new Attempt(history.size(), invoked, completed, outcome, List.copyOf(List.of(actions))));
  }

  /// All at the same time: only what they saw orders them.
  private void committed(Action... actions) {
    at(history.size(), 1000 + history.size(), Attempt.Outcome.COMMITTED, actions);
  }

  private void aborted(Action... actions) {
    at(history.size(), 1000 + history.size(), Attempt.Outcome.ABORTED, actions);
  }

  private void unknown(Action... actions) {
    at(history.size(), Long.MAX_VALUE, Attempt.Outcome.UNKNOWN, actions);
  }

  private static Action append(String key, long element) {
    return new Action.Append(key, element);
  }

  private static Action list(String key, Long... elements) {
    return new Action.ReadList(key, List.of(elements));
  }

  private static Action write(String key, long value) {
    return new Action.Write(key, value);
  }

  private static Action read(String key, long value) {
    return new Action.Read(key, value);
  }

  private void shows(Anomaly... anomalies) {
    assertThat(HistoryChecker.check(history))
        .extracting(Finding::anomaly)
        .containsExactlyInAnyOrder(anomalies);
  }

  @Test
  void theEmptyHistoryIsGood() {
    shows();
  }

  @Test
  void aHistoryThatSomeOrderExplainsIsGood() {
    committed(list("x", 1L), append("y", 2), list("y", 2L));
    committed(append("x", 1));
    committed(list("x", 1L, 3L), list("y", 2L));
    committed(append("x", 3), list("x", 1L, 3L));
    aborted(append("x", 4), list("x", 1L, 3L, 4L));
    committed(read("r", 0), write("r", 5), read("r", 5));
    committed(read("r", 5), write("r", 6), write("r", 7));
    committed(read("r", 7));
    shows();
  }

  @Test
  void answersThatOverlapMayComeInAnyOrder() {
    at(0, 9, Attempt.Outcome.COMMITTED, append("x", 1), write("r", 3));
    at(1, 2, Attempt.Outcome.COMMITTED, list("x", 1L), read("r", 3));
    at(3, 4, Attempt.Outcome.COMMITTED, append("x", 2), read("r", 3));
    at(5, 12, Attempt.Outcome.COMMITTED, list("x", 1L, 2L));
    shows();
  }

  @Test
  void whatNobodyWroteIsGarbage() {
    committed(list("x", 1L), read("r", 2));
    shows(Anomaly.GARBAGE_READ, Anomaly.GARBAGE_READ);
  }

  @Test
  void anElementThatComesTwiceIsGarbage() {
    committed(append("x", 1));
    committed(list("x", 1L, 1L));
    shows(Anomaly.GARBAGE_READ);
  }

  @Test
  void transactionsSeeThemselvesAndNothingTwoWays() {
    committed(append("x", 1), list("x"));
    committed(append("y", 2));
    committed(list("y"), list("y", 2L));
    committed(write("r", 3), read("r", 0));
    aborted(read("s", 0), write("s", 4), read("s", 0));
    shows(Anomaly.INTERNAL, Anomaly.INTERNAL, Anomaly.INTERNAL, Anomaly.INTERNAL);
  }

  @Test
  void abortedReads() {
    aborted(append("x", 1), write("r", 2));
    committed(list("x", 1L));
    committed(read("r", 2));
    shows(Anomaly.ABORTED_READ, Anomaly.ABORTED_READ);
  }

  @Test
  void intermediateReads() {
    committed(append("x", 1), append("x", 2), write("r", 3), write("r", 4));
    committed(list("x", 1L));
    committed(read("r", 3));
    assertThat(HistoryChecker.check(history))
        .extracting(Finding::anomaly)
        .contains(Anomaly.INTERMEDIATE_READ);
    assertThat(HistoryChecker.check(history))
        .filteredOn(finding -> finding.anomaly() == Anomaly.INTERMEDIATE_READ)
        .hasSize(2);
  }

  @Test
  void listsGrowInOneOrder() {
    committed(append("x", 1));
    committed(append("x", 2));
    committed(list("x", 1L));
    committed(list("x", 2L, 1L));
    shows(Anomaly.INCOMPATIBLE_ORDER);
  }

  @Test
  void writeCycle() {
    committed(append("x", 1), append("y", 2));
    committed(append("x", 3), append("y", 4));
    at(2000, 2001, Attempt.Outcome.COMMITTED, list("x", 1L, 3L), list("y", 4L, 2L));
    shows(Anomaly.WRITE_CYCLE);
  }

  @Test
  void writeCycleWithinOneList() {
    committed(append("x", 1), append("x", 3));
    committed(append("x", 2));
    at(2000, 2001, Attempt.Outcome.COMMITTED, list("x", 1L, 2L, 3L));
    shows(Anomaly.WRITE_CYCLE);
  }

  @Test
  void circularInformationFlow() {
    committed(append("x", 1), list("y", 2L));
    committed(append("y", 2), list("x", 1L));
    shows(Anomaly.CIRCULAR_INFORMATION_FLOW);
  }

  @Test
  void circularInformationFlowOfRegisters() {
    committed(write("r", 1), read("s", 2));
    committed(write("s", 2), read("r", 1));
    shows(Anomaly.CIRCULAR_INFORMATION_FLOW);
  }

  @Test
  void readsOfTwoMoments() {
    committed(append("x", 1), append("y", 2));
    committed(list("x", 1L), list("y"));
    committed(list("x", 1L), list("y", 2L));
    shows(Anomaly.SINGLE_ANTI_DEPENDENCY);
  }

  @Test
  void lostUpdateOfAList() {
    committed(list("x"), append("x", 1));
    committed(list("x"), append("x", 2));
    at(2000, 2001, Attempt.Outcome.COMMITTED, list("x", 1L, 2L));
    shows(Anomaly.SINGLE_ANTI_DEPENDENCY);
  }

  @Test
  void lostUpdateOfARegister() {
    committed(write("r", 1));
    committed(read("r", 1), write("r", 2));
    committed(read("r", 1), write("r", 3));
    assertThat(HistoryChecker.check(history, Isolation.SNAPSHOT))
        .extracting(Finding::anomaly)
        .contains(Anomaly.SINGLE_ANTI_DEPENDENCY);
  }

  @Test
  void acknowledgedAppendThatIsLost() {
    at(0, 1, Attempt.Outcome.COMMITTED, append("x", 1));
    at(2, 3, Attempt.Outcome.COMMITTED, append("x", 2));
    at(4, 5, Attempt.Outcome.COMMITTED, list("x", 2L));
    shows(Anomaly.WRITE_CYCLE, Anomaly.SINGLE_ANTI_DEPENDENCY);
  }

  @Test
  void acknowledgedWriteThatIsLost() {
    at(0, 1, Attempt.Outcome.COMMITTED, write("r", 1));
    at(2, 3, Attempt.Outcome.COMMITTED, write("r", 2));
    at(4, 5, Attempt.Outcome.COMMITTED, read("r", 1));
    shows(Anomaly.SINGLE_ANTI_DEPENDENCY);
  }

  @Test
  void readOfThePast() {
    at(0, 1, Attempt.Outcome.COMMITTED, write("r", 1));
    at(2, 3, Attempt.Outcome.COMMITTED, read("r", 0));
    shows(Anomaly.SINGLE_ANTI_DEPENDENCY);
  }

  @Test
  void readOfTheFuture() {
    at(0, 1, Attempt.Outcome.COMMITTED, list("x", 1L));
    at(2, 3, Attempt.Outcome.COMMITTED, append("x", 1));
    shows(Anomaly.CIRCULAR_INFORMATION_FLOW);
  }

  @Test
  void writesAgainstRealTime() {
    at(0, 1, Attempt.Outcome.COMMITTED, append("x", 1));
    at(2, 3, Attempt.Outcome.COMMITTED, append("x", 2));
    at(0, 9, Attempt.Outcome.COMMITTED, list("x", 2L, 1L));
    assertThat(HistoryChecker.check(history))
        .extracting(Finding::anomaly)
        .contains(Anomaly.WRITE_CYCLE);
  }

  /// Two readers that disagree on the order of two writers: each sees one write and not the other.
  @Test
  void longFork() {
    committed(append("x", 1));
    committed(append("y", 2));
    committed(list("x", 1L), list("y"));
    committed(list("x"), list("y", 2L));
    shows(Anomaly.NONADJACENT_ANTI_DEPENDENCIES);
    assertThat(HistoryChecker.check(history, Isolation.SNAPSHOT)).hasSize(1);
  }

  @Test
  void writeSkewIsAllowedInSnapshotsOnly() {
    committed(list("x"), append("y", 1));
    committed(list("y"), append("x", 2));
    shows(Anomaly.ADJACENT_ANTI_DEPENDENCIES);
    assertThat(HistoryChecker.check(history, Isolation.SNAPSHOT)).isEmpty();
    assertThat(HistoryChecker.check(history, Isolation.SERIALIZABLE)).hasSize(1);
  }

  @Test
  void writeSkewOfRegisters() {
    committed(write("r", 1), write("s", 2));
    committed(read("r", 1), read("s", 2), write("s", 3));
    committed(read("r", 1), read("s", 2), write("r", 4));
    shows(Anomaly.ADJACENT_ANTI_DEPENDENCIES);
    assertThat(HistoryChecker.check(history, Isolation.SNAPSHOT)).isEmpty();
  }

  /// Fekete, O'Neil and O'Neil: an anomaly that a reader alone makes visible.
  @Test
  void readOnlyAnomaly() {
    committed(read("x", 0), read("y", 0), write("x", 1));
    at(0, 5, Attempt.Outcome.COMMITTED, read("y", 0), write("y", 2));
    at(6, 7, Attempt.Outcome.COMMITTED, read("x", 0), read("y", 2));
    shows(Anomaly.ADJACENT_ANTI_DEPENDENCIES);
    assertThat(HistoryChecker.check(history, Isolation.SNAPSHOT)).isEmpty();
  }

  @Test
  void whatMayOrMayNotHaveHappenedIsNotHeldAgainstTheHistory() {
    unknown(append("x", 1), write("r", 2));
    unknown(append("x", 3));
    at(10, 11, Attempt.Outcome.COMMITTED, list("x"), read("r", 0));
    at(12, 13, Attempt.Outcome.COMMITTED, list("x", 1L), read("r", 2));
    at(14, 15, Attempt.Outcome.COMMITTED, list("x", 1L));
    shows();
  }

  @Test
  void whatOfUnknownOutcomeWasSeenHappenedAsAWhole() {
    unknown(append("x", 1), append("y", 2));
    at(10, 11, Attempt.Outcome.COMMITTED, list("x", 1L), list("y"));
    shows(Anomaly.SINGLE_ANTI_DEPENDENCY);
  }

  @Test
  void whatOfUnknownOutcomeWasSeenDoesNotVanish() {
    unknown(append("x", 1));
    at(10, 11, Attempt.Outcome.COMMITTED, list("x", 1L));
    at(12, 13, Attempt.Outcome.COMMITTED, list("x"));
    shows(Anomaly.SINGLE_ANTI_DEPENDENCY);
  }
}
