package io.lightningdb.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

class BlockCacheTest {
  private static final int KIB = 1024;
  private static final int FILES = 4;
  private static final int BLOCKS = 300;

  @Test
  void whatWasPutIsFoundAgain() {
    BlockCache cache = new BlockCache(64 * KIB);
    BlockSlots<String> file = cache.slots(10);

    assertThat(file.get(3)).isNull();
    assertThat(file.put(3, "three", KIB)).isEqualTo("three");
    assertThat(file.get(3)).isEqualTo("three");
    assertThat(file.get(4)).isNull();
    assertThat(cache.figures().hits()).isEqualTo(1);
    assertThat(cache.figures().misses()).isEqualTo(1);
  }

  @Test
  void whoComesSecondWithABlockGetsThatOfTheFirst() {
    BlockCache cache = new BlockCache(64 * KIB);
    BlockSlots<String> file = cache.slots(1);

    file.put(0, "first", KIB);

    assertThat(file.put(0, "second", KIB)).isEqualTo("first");
    assertThat(cache.figures().blocks()).isEqualTo(1);
  }

  @Test
  void aCacheOfNoSizeKeepsNothingAndCountsTheMisses() {
    BlockCache cache = new BlockCache(0);
    BlockSlots<String> file = cache.slots(1000);

    for (int i = 0; i < 100; i++) {
      assertThat(file.put(i, "x", KIB)).isEqualTo("x");
      assertThat(file.get(i)).isNull();
    }

    assertThat(cache.figures().blocks()).isZero();
    assertThat(cache.figures().misses()).isEqualTo(100);
  }

  @Test
  void aBlockOfMoreThanAQuarterIsNotKept() {
    BlockCache cache = new BlockCache(64 * KIB);
    BlockSlots<String> file = cache.slots(2);

    file.put(0, "great", 16 * KIB);
    file.put(1, "small", 15 * KIB);

    assertThat(file.get(0)).isNull();
    assertThat(file.get(1)).isEqualTo("small");
  }

  @Test
  void aClosedFileGivesEverythingBackAndKeepsNothingMore() {
    BlockCache cache = new BlockCache(64 * KIB);
    BlockSlots<String> file = cache.slots(BLOCKS);
    BlockSlots<String> other = cache.slots(BLOCKS);
    long empty = cache.figures().bytes();
    other.put(7, "other", KIB);
    long others = cache.figures().bytes();
    for (int i = 0; i < BLOCKS; i++) {
      file.put(i, "x", KIB);
    }

    file.close();
    file.close();

    assertThat(file.get(BLOCKS - 1)).isNull();
    assertThat(file.put(1, "late", KIB)).isEqualTo("late");
    assertThat(file.get(1)).isNull();
    assertThat(cache.figures().bytes()).isBetween(empty / 2, others);
    other.close();
    assertThat(cache.figures().bytes()).isZero();
  }

  @Test
  void aSmallerBoundHoldsAtOnce() {
    BlockCache cache = new BlockCache(256 * KIB);
    BlockSlots<String> file = cache.slots(BLOCKS);
    for (int i = 0; i < BLOCKS; i++) {
      file.put(i, "x", KIB);
    }

    cache.resize(32 * KIB);

    assertThat(cache.figures().bytes()).isLessThanOrEqualTo(32 * KIB);
    assertThat(cache.figures().blocks()).isPositive();
    cache.resize(0);
    assertThat(cache.figures().blocks()).isZero();
  }

  @Test
  void whatIsUsedAgainAndAgainSurvivesAScan() {
    BlockCache cache = new BlockCache(64 * KIB);
    BlockSlots<Integer> file = cache.slots(10_000);
    for (int round = 0; round < 5; round++) {
      for (int hot = 0; hot < 20; hot++) {
        read(file, hot);
      }
    }

    for (int scanned = 1000; scanned < 10_000; scanned++) {
      read(file, scanned);
    }

    for (int hot = 0; hot < 20; hot++) {
      assertThat(file.get(hot)).as("hot block %d", hot).isEqualTo(hot);
    }
  }

  private static void read(BlockSlots<Integer> file, int number) {
    if (file.get(number) == null) {
      file.put(number, number, KIB);
    }
  }

  @Test
  void theCacheDoesWhatItsModelDoes() {
    Seeds.rounds(6)
        .forEach(seed -> {
          try {
            compareWithModel(new Random(seed));
          } catch (RuntimeException | AssertionError e) {
            Seeds.print(BlockCacheTest.class, seed, "failed");
            throw e;
          }
        });
  }

  private static void compareWithModel(Random random) {
    long size = KIB * (8L + random.nextInt(200));
    BlockCache cache = new BlockCache(size);
    CacheModel model = new CacheModel(size);
    List<BlockSlots<CacheModel.Id>> files = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      files.add(open(cache, model));
    }
    for (int step = 0; step < 3000; step++) {
      int file = random.nextInt(FILES);
      int action = random.nextInt(1000);
      if (action == 0) {
        model.close(file, files.get(file).bytes());
        files.get(file).close();
        files.set(file, open(cache, model));
      } else if (action == 1) {
        size = KIB * (long) random.nextInt(200);
        cache.resize(size);
        model.resize(size);
      } else {
        access(files, model, new CacheModel.Id(file, number(random)));
      }
      CacheFigures figures = cache.figures();
      assertThat(figures.bytes()).isEqualTo(model.used());
      assertThat(figures.blocks()).isEqualTo(model.held());
      assertThat(figures.recencyBytesTarget()).isEqualTo(model.target());
      assertThat(figures.blocks() == 0 || figures.bytes() <= size).isTrue();
    }
    assertThat(cache.figures().recencyGhostHits()).isPositive();
    files.forEach(BlockSlots::close);
    assertThat(cache.figures().bytes()).isZero();
    assertThat(cache.figures().blocks()).isZero();
  }

  private static BlockSlots<CacheModel.Id> open(BlockCache cache, CacheModel model) {
    BlockSlots<CacheModel.Id> file = cache.slots(BLOCKS);
    model.open(file.bytes());
    return file;
  }

  /// Few numbers come often, the others now and then.
  private static int number(Random random) {
    return random.nextInt(1 + random.nextInt(BLOCKS));
  }

  private static void access(
      List<BlockSlots<CacheModel.Id>> files, CacheModel model, CacheModel.Id id) {
    BlockSlots<CacheModel.Id> file = files.get(id.file());
    CacheModel.Id found = file.get(id.number());
    assertThat(found != null).isEqualTo(model.get(id));
    if (found != null) {
      assertThat(found).isEqualTo(id);
      return;
    }
    long bytes = 200 + 37L * (id.number() % 50);
    file.put(id.number(), id, bytes);
    model.put(id, bytes);
  }

  @Test
  void readersClosersAndResizersGetAlong() throws Exception {
    long seed = Seeds.one();
    BlockCache cache = new BlockCache(128 * KIB);
    AtomicReferenceArray<BlockSlots<Long>> files = new AtomicReferenceArray<>(FILES);
    for (int i = 0; i < FILES; i++) {
      files.set(i, cache.slots(BLOCKS));
    }
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
      List<Future<Long>> readers = new ArrayList<>();
      for (int reader = 0; reader < 3; reader++) {
        SplittableRandom random = new SplittableRandom(seed + reader);
        readers.add(threads.submit(() -> readAll(files, random)));
      }
      Future<?> closer = threads.submit(() -> closeAndOpen(cache, files, done));
      Future<?> resizer = threads.submit(() -> resize(cache, done));
      long reads = 0;
      for (Future<Long> reader : readers) {
        reads += reader.get();
      }
      done.set(true);
      closer.get();
      resizer.get();
      CacheFigures figures = cache.figures();
      assertThat(figures.hits() + figures.misses()).isEqualTo(reads);
      Seeds.print(BlockCacheTest.class, seed, figures.toString());
    }
    for (int i = 0; i < FILES; i++) {
      files.get(i).close();
    }
    assertThat(cache.figures().bytes()).isZero();
    assertThat(cache.figures().blocks()).isZero();
  }

  private static long readAll(
      AtomicReferenceArray<BlockSlots<Long>> files, SplittableRandom random) {
    int reads = 200_000;
    for (int i = 0; i < reads; i++) {
      int number = random.nextInt(1 + random.nextInt(BLOCKS));
      BlockSlots<Long> file = files.get(random.nextInt(FILES));
      Long found = file.get(number);
      if (found == null) {
        found = file.put(number, (long) number, 500);
      }
      if (found != number) {
        throw new AssertionError("block " + number + " came as " + found);
      }
    }
    return reads;
  }

  private static void closeAndOpen(
      BlockCache cache, AtomicReferenceArray<BlockSlots<Long>> files, AtomicBoolean done) {
    for (int i = 0; !done.get(); i++) {
      files.getAndSet(i % FILES, cache.slots(BLOCKS)).close();
      check(cache);
    }
  }

  private static void resize(BlockCache cache, AtomicBoolean done) {
    for (int i = 0; !done.get(); i++) {
      cache.resize((1L + i % 4) * 32 * KIB);
      check(cache);
    }
  }

  private static void check(BlockCache cache) {
    CacheFigures figures = cache.figures();
    if (figures.bytes() > figures.bytesMax()) {
      throw new AssertionError("over the bound: " + figures);
    }
  }
}
