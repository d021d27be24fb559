package io.lightningdb.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.compaction.RetainedCursor.Depth;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.cursor.ReadVersions;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a merge leaves out is seen by nobody: every reader that there can be reads the same before and after.
class RetentionTest {
  private static final int KEYS = 6;
  private static final long OLDER = 10;
  private static final long NEWEST = 40;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  /// Somebody reads at this moment, and others later.
  private static final long INSTANT = 1000;

  private static final VersionRetention.Horizon HORIZON =
      new VersionRetention.Horizon(INSTANT, new LongAdder());

  private record Entry(int key, int kind, long version, long expiryMillis) {}

  private record Deletion(int from, int to, long version) {}

  /// Entries and range deletions, of versions above `OLDER`.
  private record Input(List<Entry> entries, List<Deletion> deletions) {
    RangeTombstones tombstones() {
      return RangeTombstones.cut(
              deletions.stream()
                  .map(deletion ->
                      new RangeTombstones.Fragment(
                          new KeyRange(key(deletion.from()), key(deletion.to())),
                          new long[] {deletion.version()}))
                  .toList(),
              ReadVersions.ALL)
          .tombstones();
    }
  }

  private static byte[] key(int number) {
    return new byte[] {(byte) number};
  }

  private static final class ListCursor implements EntryCursor {
    private final List<Entry> entries;
    private int at = -1;

    ListCursor(List<Entry> entries) {
      this.entries = entries;
    }

    @Override
    public boolean next() {
      return ++at < entries.size();
    }

    @Override
    public byte[] key() {
      return RetentionTest.key(entries.get(at).key());
    }

    @Override
    public int kind() {
      return entries.get(at).kind();
    }

    @Override
    public long version() {
      return entries.get(at).version();
    }

    @Override
    public long expiryMillis() {
      return entries.get(at).expiryMillis();
    }

    @Override
    public int valueLength() {
      return 0;
    }

    @Override
    public void copyValue(byte[] target, int offset) {}
  }

  private static Input input(SplittableRandom random) {
    List<Entry> entries = new ArrayList<>();
    List<Deletion> deletions = new ArrayList<>();
    for (long version = OLDER + 1; version <= NEWEST; version++) {
      if (random.nextInt(8) == 0) {
        int from = random.nextInt(KEYS);
        deletions.add(new Deletion(from, from + 1 + random.nextInt(KEYS - from), version));
      } else {
        int kind = random.nextInt(3) == 0 ? Operation.DELETE : Operation.PUT;
        boolean expires = kind == Operation.PUT && random.nextInt(3) == 0;
        long expiry = expires ? INSTANT - 2 + random.nextInt(5) : ExpiryTime.NEVER;
        entries.add(new Entry(random.nextInt(KEYS), kind, version, expiry));
      }
    }
    entries.sort(
        Comparator.comparingInt(Entry::key)
            .thenComparing(Comparator.comparingLong(Entry::version).reversed()));
    return new Input(entries, deletions);
  }

  /// Where and when somebody reads.
  private record Reader(long version, long instantMillis) {}

  private static List<Reader> readers(long[] snapshots) {
    return LongStream.concat(LongStream.of(snapshots), LongStream.of(NEWEST))
        .boxed()
        .flatMap(version ->
            LongStream.rangeClosed(INSTANT, INSTANT + 3)
                .mapToObj(instant -> new Reader(version, instant)))
        .toList();
  }

  /// The version that a reader gets for a key, 0 if none.
  private static long read(
      List<Entry> entries, RangeTombstones tombstones, boolean older, int key, Reader reader) {
    long readVersion = reader.version();
    long covered = tombstones.covering(key(key), readVersion);
    for (Entry entry : entries) {
      if (entry.key() == key && entry.version() <= readVersion) {
        boolean lives =
            entry.kind() == Operation.PUT && entry.expiryMillis() > reader.instantMillis();
        return lives && entry.version() >= covered ? entry.version() : 0;
      }
    }
    boolean below = older && readVersion >= OLDER && covered == 0;
    return below ? OLDER : 0;
  }

  private static List<Entry> retained(
      Input input, RangeTombstones tombstones, VersionRetention retention, Depth depth)
      throws IOException {
    RetainedCursor cursor =
        new RetainedCursor(new ListCursor(input.entries()), tombstones, retention, depth);
    List<Entry> kept = new ArrayList<>();
    while (cursor.next()) {
      kept.add(new Entry(cursor.key()[0], cursor.kind(), cursor.version(), cursor.expiryMillis()));
    }
    return kept;
  }

  private static RangeTombstones seen(RangeTombstones tombstones, VersionRetention retention) {
    return RangeTombstones.cut(tombstones.fragments(), retention.readVersions()).tombstones();
  }

  private static long[] snapshots(SplittableRandom random) {
    return random.longs(random.nextInt(4), 1, NEWEST + 1).distinct().sorted().toArray();
  }

  /// With entries of all keys below, which deletions have to go on hiding.
  @ParameterizedTest
  @MethodSource("seeds")
  void nobodySeesADifferenceAboveOlderRuns(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Input input = input(random);
    long[] snapshots = snapshots(random);
    RangeTombstones tombstones = input.tombstones();
    VersionRetention retention =
        new VersionRetention(snapshots, VersionRetention.Past.NONE, HORIZON);
    RangeTombstones seen = seen(tombstones, retention);
    List<Entry> kept = retained(input, seen, retention, Depth.ABOVE_OTHERS);
    for (Reader reader : readers(snapshots)) {
      for (int key = 0; key < KEYS; key++) {
        assertThat(read(kept, seen, true, key, reader))
            .as("seed %d, %s, key %d", seed, reader, key)
            .isEqualTo(read(input.entries(), tombstones, true, key, reader));
      }
    }
  }

  /// With nothing below, so that deletions that hide nothing go too, those of ranges included.
  @ParameterizedTest
  @MethodSource("seeds")
  void nobodySeesADifferenceAtTheBottom(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Input input = input(random);
    long[] snapshots = snapshots(random);
    VersionRetention retention =
        new VersionRetention(snapshots, VersionRetention.Past.NONE, HORIZON);
    RangeTombstones tombstones = input.tombstones();
    RangeTombstones keptTombstones =
        seen(tombstones, retention).filter(retention::isDeletionNeeded);
    List<Entry> kept = retained(input, tombstones, retention, Depth.BOTTOM);
    for (Reader reader : readers(snapshots)) {
      for (int key = 0; key < KEYS; key++) {
        assertThat(read(kept, keptTombstones, false, key, reader))
            .as("seed %d, %s, key %d", seed, reader, key)
            .isEqualTo(read(input.entries(), tombstones, false, key, reader));
      }
    }
    if (snapshots.length == 0) {
      assertThat(keptTombstones.isEmpty()).isTrue();
      assertThat(kept)
          .allMatch(entry -> entry.kind() == Operation.PUT && entry.expiryMillis() > INSTANT);
      assertThat(kept.stream().map(Entry::key)).doesNotHaveDuplicates();
    }
  }

  /// Every version of one key, under every set of up to two snapshots.
  @Test
  void aVersionIsSeenIfAReaderStopsAtIt() {
    for (long first = 0; first <= 8; first++) {
      for (long second = first; second <= 8; second++) {
        long[] snapshots = LongStream.of(first, second).filter(s -> s > 0).distinct().toArray();
        VersionRetention retention =
            new VersionRetention(snapshots, VersionRetention.Past.NONE, HORIZON);
        for (long version = 1; version <= 8; version++) {
          for (long shadow = version + 1; shadow <= 9; shadow++) {
            long from = version;
            long to = shadow;
            assertThat(retention.isSeen(version, shadow, 0))
                .isEqualTo(LongStream.of(snapshots).anyMatch(s -> s >= from && s < to));
          }
          assertThat(retention.isSeen(version, Long.MAX_VALUE, 0)).isTrue();
        }
      }
    }
  }
}
