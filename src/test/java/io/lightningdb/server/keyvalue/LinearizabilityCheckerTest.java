package io.lightningdb.server.keyvalue;

import static io.lightningdb.server.keyvalue.LinearizabilityChecker.isLinearizable;
import static io.lightningdb.server.keyvalue.RegisterCall.ANY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.server.keyvalue.RegisterCall.Kind;
import io.lightningdb.server.keyvalue.RegisterCall.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// That the checker accepts what can be explained, and nothing else.
class LinearizabilityCheckerTest {

  private static RegisterCall get(long start, long end, long version) {
    Outcome outcome = version == 0 ? Outcome.ABSENT : Outcome.DONE;
    return new RegisterCall(start, end, Kind.GET, ANY, outcome, version);
  }

  private static RegisterCall put(long start, long end, long expected, long version) {
    return new RegisterCall(start, end, Kind.PUT, expected, Outcome.DONE, version);
  }

  private static RegisterCall refused(long start, long end, long expected) {
    return new RegisterCall(start, end, Kind.PUT, expected, Outcome.REFUSED, 0);
  }

  private static RegisterCall delete(long start, long end, long expected) {
    return new RegisterCall(start, end, Kind.DELETE, expected, Outcome.DONE, 0);
  }

  private static RegisterCall deleteOfNothing(long start, long end) {
    return new RegisterCall(start, end, Kind.DELETE, ANY, Outcome.ABSENT, 0);
  }

  private static void good(RegisterCall... calls) {
    assertThat(isLinearizable(List.of(calls))).isTrue();
  }

  private static void bad(RegisterCall... calls) {
    List<RegisterCall> reversed = new ArrayList<>(List.of(calls));
    Collections.reverse(reversed);
    assertThat(isLinearizable(List.of(calls))).isFalse();
    assertThat(isLinearizable(reversed)).isFalse();
  }

  @Test
  void callsOneAfterTheOther() {
    good();
    good(
        get(1, 2, 0),
        put(3, 4, 0, 7),
        get(5, 6, 7),
        refused(7, 8, 0),
        put(9, 10, 7, 8),
        delete(11, 12, 8),
        deleteOfNothing(13, 14),
        get(15, 16, 0));
  }

  @Test
  void overlappingCallsMayHaveHappenedInEitherOrder() {
    good(put(1, 10, ANY, 7), get(2, 3, 0), get(4, 5, 7));
    good(put(1, 10, ANY, 7), put(2, 9, ANY, 8), get(11, 12, 7));
    good(put(1, 10, ANY, 7), put(2, 9, ANY, 8), get(11, 12, 8));
    good(put(1, 10, 0, 7), refused(2, 9, 0), delete(3, 20, ANY), get(11, 12, 7), get(13, 14, 0));
  }

  @Test
  void staleReads() {
    bad(put(1, 2, ANY, 7), get(3, 4, 0));
    bad(put(1, 2, ANY, 7), put(3, 4, ANY, 8), get(5, 6, 7));
    bad(put(1, 2, ANY, 7), delete(3, 4, ANY), get(5, 6, 7));
  }

  @Test
  void readsThatGoBack() {
    bad(put(1, 20, ANY, 7), get(2, 3, 7), get(4, 5, 0));
    bad(put(1, 2, ANY, 6), put(3, 20, ANY, 7), get(4, 5, 7), get(6, 7, 6));
  }

  @Test
  void readsOfWhatNobodyWrote() {
    bad(get(1, 2, 7));
    bad(put(3, 4, ANY, 7), get(1, 2, 7));
  }

  @Test
  void lostUpdates() {
    bad(put(1, 2, ANY, 6), put(3, 9, 6, 7), put(4, 8, 6, 8));
    bad(put(1, 9, 0, 7), put(2, 8, 0, 8));
    bad(put(1, 2, ANY, 6), put(3, 9, 6, 7), delete(4, 8, 6));
  }

  @Test
  void lostWrites() {
    bad(put(1, 2, ANY, 7), get(3, 4, 7), get(5, 6, 0));
    bad(put(1, 2, ANY, 7), deleteOfNothing(3, 4));
    bad(put(1, 2, ANY, 7), delete(3, 4, ANY), delete(5, 6, ANY));
  }

  @Test
  void conditionsThatWereJudgedWrongly() {
    bad(put(1, 2, ANY, 7), refused(3, 4, 7));
    bad(refused(1, 2, 0));
    bad(put(1, 2, ANY, 7), put(3, 4, 0, 8));
  }

  @Test
  void longestHistoriesOfManyOverlapsAreChecked() {
    List<RegisterCall> calls = new ArrayList<>();
    LongStream.rangeClosed(1, LinearizabilityChecker.CALLS_MAX - 1)
        .forEach(i -> calls.add(put(0, 1000, i - 1, i)));
    calls.add(get(1001, 1002, LinearizabilityChecker.CALLS_MAX - 1));
    assertThat(isLinearizable(calls)).isTrue();
    calls.set(calls.size() - 1, get(1001, 1002, 1));
    assertThat(isLinearizable(calls)).isFalse();
    calls.add(get(1003, 1004, 1));
    assertThatThrownBy(() -> isLinearizable(calls))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64");
  }
}
