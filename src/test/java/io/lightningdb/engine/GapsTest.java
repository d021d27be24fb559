package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Crew;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.Machine;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Scans that leap over what was deleted show what is there, and nothing else: against a model, and while others write.
class GapsTest {
  private static final int KEYS = 600;
  private static final int STEPS = 800;
  private static final int KIB = 1024;
  private static final DatabaseOptions SMALL =
      DatabaseOptions.defaults()
          .withLog(256 * KIB, Duration.ofMillis(100))
          .withMemtables(64 * KIB, 4)
          .withRunBytesTarget(32 * KIB);

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 6);
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static int number(byte[] key) {
    return ByteBuffer.wrap(key).getInt();
  }

  /// What a reader at some moment should find.
  private record Moment(Snapshot snapshot, List<Integer> keys) {}

  /// A database with few live keys among many deleted ones, and a model of it.
  private static final class Play implements AutoCloseable {
    private final SplittableRandom random;
    private final Machine machine = Machine.empty();
    private final Database database = machine.open(SMALL);
    private final Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());

    // The moment at which each key expires.
    private final TreeMap<Integer, Long> model = new TreeMap<>();
    private final List<Moment> moments = new ArrayList<>();

    Play(long seed) {
      this.random = new SplittableRandom(seed);
    }

    void step() {
      int at = random.nextInt(KEYS);
      switch (random.nextInt(24)) {
        case 0, 1, 2 -> put(at);
        case 3 -> {
          int to = at + 1 + random.nextInt(60);
          database.write(
              new WriteBatch().deleteRange(keyspace, Range.between(key(at), key(to))),
              Durability.LOGGED);
          model.subMap(at, to).clear();
        }
        case 4 -> {
          for (int i = at; i < Math.min(KEYS, at + 60); i++) {
            put(i);
          }
        }
        case 5 -> {
          machine.pass(Duration.ofSeconds(1));
          model.values().removeIf(expiry -> expiry <= machine.clock().millis());
        }
        case 6 -> keyspace.flush();
        case 7 -> moments.add(new Moment(database.snapshot(), List.copyOf(model.keySet())));
        case 8 -> {
          if (moments.size() > 4) {
            moments.removeFirst().snapshot().close();
          }
        }
        case 9 -> look(at);
        case 10, 11 -> transaction(at);
        default -> {
          // Most of what happens is that the first or the last goes.
          var gone = random.nextBoolean() ? model.pollFirstEntry() : model.pollLastEntry();
          if (gone != null) {
            keyspace.delete(key(gone.getKey()), Durability.LOGGED);
          }
        }
      }
    }

    private void put(int number) {
      boolean expires = random.nextInt(4) == 0;
      long ttl = 1 + random.nextLong(4_000);
      keyspace.put(
          key(number),
          key(number),
          expires ? Expiry.after(Duration.ofMillis(ttl)) : Expiry.never(),
          Durability.LOGGED);
      model.put(number, expires ? machine.clock().millis() + ttl : Long.MAX_VALUE);
    }

    private void look(int from) {
      assertSame(keyspace.scan(Range.from(key(from))), model.tailMap(from, true), false);
      assertSame(keyspace.scan(Range.all().reversed()), model, true);
      for (Moment moment : moments) {
        // Of a moment with entries that expire only the order and the rest are known.
        assertThat(shown(keyspace.scan(Range.all(), moment.snapshot()))).isEqualTo(moment.keys());
      }
    }

    private void assertSame(Scan scan, NavigableMap<Integer, Long> expected, boolean reverse) {
      List<Integer> keys = new ArrayList<>(expected.keySet());
      if (reverse) {
        Collections.reverse(keys);
      }
      assertThat(shown(scan)).isEqualTo(keys);
    }

    private static List<Integer> shown(Scan opened) {
      List<Integer> keys = new ArrayList<>();
      try (Scan scan = opened) {
        while (scan.next()) {
          keys.add(number(scan.key()));
        }
      }
      return keys;
    }

    /// Deletes and puts over what is committed, and takes it back.
    private void transaction(int at) {
      TreeMap<Integer, Long> own = new TreeMap<>(model);
      try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
        for (int i = 0; i < 60; i++) {
          if (random.nextInt(5) == 0) {
            int number = Math.floorMod(at + random.nextInt(30), KEYS);
            transaction.put(keyspace, key(number), key(number), Expiry.never());
            own.put(number, Long.MAX_VALUE);
          } else if (!own.isEmpty()) {
            transaction.delete(keyspace, key(own.pollFirstEntry().getKey()));
          }
          if (i % 6 == 5) {
            assertSame(transaction.scan(keyspace, Range.all()), own, false);
            assertSame(transaction.scan(keyspace, Range.all().reversed()), own, true);
          }
        }
      }
    }

    @Override
    public void close() {
      moments.forEach(moment -> moment.snapshot().close());
      database.close();
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void scansShowWhatAModelShows(long seed) {
    try (Play play = new Play(seed)) {
      for (int i = 0; i < STEPS; i++) {
        play.step();
      }
      play.look(0);
      assertThat(play.keyspace.store().gaps().entriesPassed()).isPositive();
    }
  }

  /// Whoever has put a key finds it, although others scan over its place all the time and add it to a gap whenever it is gone.
  @Test
  void aPutIsSeenAtOnceWhateverOthersHaveScanned() throws Exception {
    Database database = databases.open(SMALL);
    Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
    for (int i = 0; i < KEYS; i++) {
      keyspace.put(key(i), key(i), Durability.LOGGED);
      keyspace.delete(key(i), Durability.LOGGED);
    }
    Crew crew = new Crew();
    for (int worker = 0; worker < 3; worker++) {
      int first = worker;
      crew.worker(() -> {
        SplittableRandom random = new SplittableRandom(first);
        for (int i = 0; i < 1_500; i++) {
          int number = first + 3 * random.nextInt(KEYS / 3);
          keyspace.put(key(number), key(i), Durability.LOGGED);
          List<Integer> shown =
              Play.shown(keyspace.scan(i % 2 == 0 ? Range.all() : Range.all().reversed()));
          assertThat(shown).contains(number);
          keyspace.delete(key(number), Durability.LOGGED);
        }
      });
    }
    crew.companion(() -> Play.shown(keyspace.scan(Range.all()))).run();
  }
}
