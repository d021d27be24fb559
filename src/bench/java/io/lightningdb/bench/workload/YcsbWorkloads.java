package io.lightningdb.bench.workload;

import static io.lightningdb.bench.workload.Scene.VALUE_BYTES;

import io.lightningdb.bench.store.EntrySink;
import io.lightningdb.bench.store.Session;
import io.lightningdb.bench.store.Store;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/// The core mixes of the Yahoo! Cloud Serving Benchmark, by two threads, in the order that its authors recommend: first those that
/// insert nothing. Keys are drawn by a Zipfian distribution.
final class YcsbWorkloads {
  private static final int THREADS = 2;

  private YcsbWorkloads() {}

  /// A mix: what a draw of 0 to 99 means.
  private enum Mix {
    A("half reads, half updates"),
    B("95 % reads, 5 % updates"),
    C("reads"),
    F("half reads, half read-modify-writes"),
    D("95 % reads of the latest, 5 % inserts"),
    E("95 % scans of up to 100, 5 % inserts");

    private final String meaning;

    Mix(String meaning) {
      this.meaning = meaning;
    }
  }

  static void run(Scene scene) {
    long entries = scene.entries();
    try (Store store = scene.load(entries, VALUE_BYTES)) {
      Inserted inserted = new Inserted(entries);
      for (Mix mix : Mix.values()) {
        String workload = "YCSB " + mix + ": " + mix.meaning;
        scene.measureTime(
            store,
            Scene.operations(
                workload,
                THREADS,
                (session, thread) -> new Client(scene, session, mix, inserted, thread)));
      }
    }
  }

  /// How far each thread has come with inserting. Threads insert different numbers, so that none waits for another, and go on
  /// where the mix before ended.
  private static final class Inserted {
    private final long loaded;
    private final long[] byThread = new long[THREADS];

    Inserted(long loaded) {
      this.loaded = loaded;
    }
  }

  /// What one thread does.
  private static final class Client implements Lane.Operation {
    private final Session session;
    private final Mix mix;
    private final Inserted inserted;
    private final int thread;
    private final Data data;
    private final SplittableRandom random;
    private final LongSupplier zipfian;
    private final EntrySink sink = new EntrySink();

    Client(Scene scene, Session session, Mix mix, Inserted inserted, int thread) {
      this.session = session;
      this.mix = mix;
      this.inserted = inserted;
      this.thread = thread;
      this.data = scene.data(VALUE_BYTES);
      this.random = new SplittableRandom(scene.seed(thread));
      this.zipfian = Numbers.zipfian(scene.seed(thread), inserted.loaded);
    }

    @Override
    public int run() {
      int draw = random.nextInt(100);
      switch (mix) {
        case A -> readOr(draw < 50, this::update);
        case B -> readOr(draw < 95, this::update);
        case C -> read(zipfian.getAsLong());
        case F -> readOr(draw < 50, this::readModifyWrite);
        case D -> {
          if (draw < 95) {
            read(latest());
          } else {
            insert();
          }
        }
        case E -> {
          if (draw < 95) {
            scan();
          } else {
            insert();
          }
        }
      }
      return 1;
    }

    private void readOr(boolean reads, Runnable otherwise) {
      if (reads) {
        read(zipfian.getAsLong());
      } else {
        otherwise.run();
      }
    }

    private void read(long number) {
      data.check(number, session.get(data.key(number)));
    }

    private void update() {
      long number = zipfian.getAsLong();
      session.put(data.key(number), data.value(number));
    }

    private void readModifyWrite() {
      long number = zipfian.getAsLong();
      byte[] key = data.key(number);
      byte[] value = data.check(number, session.get(key));
      value[value.length - 1]++;
      session.put(key, value);
    }

    /// The number of the k-th newest entry that this thread knows of: its own inserts, then what was loaded.
    private long latest() {
      long back = zipfian.getAsLong();
      long own = inserted.byThread[thread];
      return back < own ? number(own - 1 - back) : inserted.loaded - 1 - (back - own);
    }

    private long number(long ownInsert) {
      return inserted.loaded + ownInsert * THREADS + thread;
    }

    private void insert() {
      long number = number(inserted.byThread[thread]);
      session.put(data.key(number), data.value(number));
      inserted.byThread[thread]++;
    }

    private void scan() {
      int limit = 1 + random.nextInt(ScanWorkloads.SHORT_SCAN);
      session.scan(data.key(zipfian.getAsLong()), limit, sink);
    }
  }
}
