package io.lightningdb.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.compaction.RetainedCursor.Depth;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.cursor.TombstoneSweep;
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
    List<RangeTombstones.Fragment> fragments() {
      return deletions.stream()
          .map(deletion ->
              new RangeTombstones.Fragment(
                  new KeyRange(key(deletion.from()), key(deletion.to())),
                  new long[] {deletion.version()}))
          .toList();
    }

    long covering(int key, long readVersion) {
      return deletions.stream()
          .filter(deletion -> deletion.from() <= key && key < deletion.to())
          .mapToLong(Deletion::version)
          .filter(version -> version <= readVersion)
          .max()
          .orElse(0);
    }
  }

  /// What is left of an input.
  private record Output(List<Entry> entries, RangeTombstones tombstones, long historyFloor) {}

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
      List<Entry> entries, long covered, boolean older, int key, Reader reader) {
    long readVersion = reader.version();
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

  private static void assertSame(Input input, Output output, boolean older, Reader reader) {
    for (int key = 0; key < KEYS; key++) {
      long covered = output.tombstones().covering(key(key), reader.version());
      assertThat(read(output.entries(), covered, older, key, reader))
          .as("%s, key %d", reader, key)
          .isEqualTo(
              read(input.entries(), input.covering(key, reader.version()), older, key, reader));
    }
  }

  /// Now and then a run ends between two keys.
  private static Output retained(
      SplittableRandom random, Input input, VersionRetention retention, Depth depth)
      throws IOException {
    TombstoneSweep sweep = new TombstoneSweep(input.fragments(), retention.readVersions());
    RetainedCursor cursor =
        new RetainedCursor(new ListCursor(input.entries()), sweep, retention, depth);
    List<Entry> kept = new ArrayList<>();
    List<RangeTombstones.Fragment> pieces = new ArrayList<>();
    while (cursor.next()) {
      byte[] key = cursor.key();
      if (!kept.isEmpty() && kept.getLast().key() != key[0] && random.nextInt(4) == 0) {
        pieces.addAll(sweep.upTo(key).fragments());
      }
      kept.add(new Entry(key[0], cursor.kind(), cursor.version(), cursor.expiryMillis()));
    }
    pieces.addAll(sweep.upTo(null).fragments());
    return new Output(kept, RangeTombstones.of(pieces), cursor.historyFloor());
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
    VersionRetention retention =
        new VersionRetention(snapshots, VersionRetention.Past.NONE, HORIZON);
    Output output = retained(random, input, retention, Depth.ABOVE_OTHERS);
    for (Reader reader : readers(snapshots)) {
      assertSame(input, output, true, reader);
    }
    for (int key = 0; key < KEYS; key++) {
      // Or a transaction would not find that the key was changed.
      assertThat(output.tombstones().covering(key(key), Long.MAX_VALUE))
          .isEqualTo(input.covering(key, Long.MAX_VALUE));
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
    Output all = retained(random, input, retention, Depth.BOTTOM);
    Output output =
        new Output(
            all.entries(),
            all.tombstones().filter(retention::isDeletionNeeded),
            all.historyFloor());
    for (Reader reader : readers(snapshots)) {
      assertSame(input, output, false, reader);
    }
    if (snapshots.length == 0) {
      assertThat(output.tombstones().isEmpty()).isTrue();
      assertThat(output.entries())
          .allMatch(entry -> entry.kind() == Operation.PUT && entry.expiryMillis() > INSTANT);
      assertThat(output.entries().stream().map(Entry::key)).doesNotHaveDuplicates();
    }
  }

  /// Who looks back sees what was there, as far as the floor of the history says that this is possible; and what is kept for it is
  /// no more than there was, however many deletions cover each other.
  @ParameterizedTest
  @MethodSource("seeds")
  void thePastIsReadAsFarAsItIsSaidToBe(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Input input = input(random);
    VersionRetention.Past past =
        switch (random.nextInt(3)) {
          case 0 -> VersionRetention.Past.NONE;
          case 1 -> new VersionRetention.Past(random.nextLong(NEWEST), 1);
          default -> new VersionRetention.Past(Long.MAX_VALUE, 1 + random.nextInt(5));
        };
    VersionRetention retention = new VersionRetention(snapshots(random), past, HORIZON);
    Output output = retained(random, input, retention, Depth.ABOVE_OTHERS);
    for (long version = 0; version <= NEWEST; version++) {
      if (version >= output.historyFloor()) {
        assertSame(input, output, true, new Reader(version, INSTANT));
      }
    }
    int versions =
        output.tombstones().fragments().stream().mapToInt(each -> each.versions().length).sum();
    assertThat(versions)
        .isLessThanOrEqualTo(2 * output.tombstones().fragments().size() + output.entries().size());
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
