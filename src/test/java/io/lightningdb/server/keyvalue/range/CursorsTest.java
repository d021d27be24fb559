package io.lightningdb.server.keyvalue.range;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.ShareHolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CursorsTest {
  private static final Duration AGE_MAX = Duration.ofSeconds(10);

  private static final ShareHolder ONE = new ShareHolder("one", ShareHolder.Rank.ADMIN);
  private static final ShareHolder OTHER = new ShareHolder("other", ShareHolder.Rank.ADMIN);

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong charged = new AtomicLong();
  private final CallerShares places = new CallerShares(3, now::get);
  private final Cursors cursors =
      new Cursors(places, AGE_MAX, now::get, ids::incrementAndGet, charged::addAndGet);
  private final List<String> closed = new ArrayList<>();

  private record Named(String name, List<String> closed) implements Walk {
    @Override
    public long bytes() {
      return name.length();
    }

    @Override
    public void close() {
      closed.add(name);
    }
  }

  private long add(String name) {
    return add(name, ONE).orElseThrow();
  }

  private OptionalLong add(String name, ShareHolder holder) {
    return cursors.add(new Named(name, closed), holder);
  }

  @Test
  void listsRestUntilTheAgeIsReachedAndNotLonger() {
    long id = add("a");

    now.addAndGet(AGE_MAX.toNanos());
    assertThat(cursors.find(id)).isPresent();
    now.addAndGet(AGE_MAX.toNanos());
    assertThat(cursors.find(id)).isPresent();
    assertThat(closed).isEmpty();

    now.addAndGet(AGE_MAX.toNanos() + 1);
    assertThat(cursors.find(id)).isEmpty();
    assertThat(closed).containsExactly("a");
  }

  @Test
  void listsWhoseClientsStayAwayAreEnded() {
    add("a");
    now.addAndGet(AGE_MAX.toNanos() / 2);
    add("b");

    now.addAndGet(AGE_MAX.toNanos() / 2 + 1);
    cursors.endExpired();

    assertThat(closed).containsExactly("a");
    assertThat(cursors.size()).isEqualTo(1);
  }

  @Test
  void oneMoreThanAllowedEndsTheOneThatRestedLongest() {
    long a = add("a");
    add("b");
    add("c");
    assertThat(cursors.find(a)).isPresent();

    add("d");

    assertThat(closed).containsExactly("b");
    assertThat(cursors.size()).isEqualTo(3);
  }

  @Test
  void oneMoreThanAllowedEndsNoListOfAnother() {
    long others = add("others", OTHER).orElseThrow();
    long a = add("a");
    add("b");

    add("c");
    add("d");

    assertThat(closed).containsExactly("a", "b");
    assertThat(cursors.find(a)).isEmpty();
    assertThat(cursors.find(others)).isPresent();
    assertThat(places.held()).isEqualTo(3);
  }

  @Test
  void whoHasNoListFindsNoPlaceWhereOthersHaveAllAndTheyMakeRoomByAndBy() {
    add("a");
    add("b");
    add("c");
    assertThat(add("others", OTHER)).isEmpty();
    assertThat(closed).isEmpty();

    add("d");

    assertThat(closed).containsExactly("a", "b");
    assertThat(add("others", OTHER)).isPresent();
    assertThat(cursors.size()).isEqualTo(3);
    cursors.close();
    assertThat(places.held()).isZero();
  }

  @Test
  void endedListsAreClosedOnce() {
    long a = add("a");
    add("b");

    cursors.end(a);
    cursors.end(a);
    cursors.close();

    assertThat(closed).containsExactly("a", "b");
    assertThat(cursors.find(a)).isEmpty();
    assertThat(charged).hasValue(0);
  }

  @Test
  void numbersInUseAreNotGivenTwice() {
    add("a");
    ids.set(0);

    assertThat(add("b")).isEqualTo(2);
  }
}
