package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Durability;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Makes random histories: skewed keys of many shapes, values from empty to large, every kind of step.
///
/// *Not thread-safe.* One seed gives one history.
public final class Workload {
  /// Names of the keyspaces that histories use; the first always exists.
  public static final List<String> KEYSPACES = List.of("default", "alpha", "beta");

  private static final int KEYS = 240;
  private static final int KEY_LENGTH_LARGE = 4000;
  private static final int SLOTS = 3;
  private static final int BATCH_CHANGES_MAX = 12;
  private static final byte[] EDGES = {0, 1, 0x61, 0x7f, (byte) 0x80, (byte) 0xfe, (byte) 0xff};

  private final SplittableRandom random;
  private final byte[][] keys = new byte[KEYS][];

  private Workload(long seed) {
    random = new SplittableRandom(seed);
    for (int i = 0; i < KEYS; i++) {
      keys[i] = newKey();
    }
  }

  /// A history of every kind of step.
  ///
  /// @param seed decides everything
  /// @param length number of steps
  /// @return the steps
  public static List<Step> mixed(long seed, int length) {
    Workload workload = new Workload(seed);
    List<Step> steps = new ArrayList<>();
    while (steps.size() < length) {
      workload.next(steps);
    }
    return steps;
  }

  private void next(List<Step> steps) {
    int dice = random.nextInt(1000);
    if (dice < 580) {
      steps.add(write());
    } else if (dice < 900) {
      steps.add(read());
    } else if (dice < 990) {
      steps.add(upkeep());
    } else {
      busyMachine(steps);
    }
  }

  private Step write() {
    Durability durability = random.nextInt(3) == 0 ? Durability.SYNCED : Durability.LOGGED;
    int count = random.nextInt(5) == 0 ? 2 + random.nextInt(BATCH_CHANGES_MAX - 1) : 1;
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(change());
    }
    return new Step.Write(changes, durability, demand());
  }

  private Step.Demand demand() {
    return switch (random.nextInt(20)) {
      case 0 -> Step.Demand.SAME_VERSION;
      case 1 -> Step.Demand.OTHER_VERSION;
      case 2 -> Step.Demand.PRESENT;
      default -> Step.Demand.NONE;
    };
  }

  private Change change() {
    int dice = random.nextInt(100);
    if (dice < 60) {
      return new Change.Put(keyspace(), key(), value());
    }
    if (dice < 80) {
      return new Change.PutFor(keyspace(), key(), value(), random.nextInt(150));
    }
    return dice < 95
        ? new Change.Delete(keyspace(), key())
        : new Change.DeleteRange(keyspace(), narrowSpan());
  }

  private Step read() {
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> new Step.Get(keyspace(), key());
      case 3 -> new Step.Get(keyspace(), newKey());
      case 4, 5, 6 -> new Step.Walk(keyspace(), span(), limit());
      case 7 -> new Step.OpenSnapshot(random.nextInt(SLOTS));
      case 8 -> new Step.ReadSnapshot(random.nextInt(SLOTS), keyspace(), span());
      default ->
          random.nextBoolean()
              ? new Step.CloseSnapshot(random.nextInt(SLOTS))
              : new Step.ReadSnapshot(random.nextInt(SLOTS), keyspace(), span());
    };
  }

  private int limit() {
    return random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(10);
  }

  private Step upkeep() {
    return switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> new Step.Flush(keyspace());
      case 4, 5 -> new Step.Compact(keyspace());
      case 6, 7 -> new Step.Tick();
      case 8, 12, 13 -> new Step.JumpClock(random.nextInt(-90, 90));
      case 9, 10 -> new Step.Configure(keyspace(), random.nextInt(4));
      default ->
          random.nextBoolean()
              ? new Step.Reopen()
              : new Step.Drop(KEYSPACES.get(1 + random.nextInt(KEYSPACES.size() - 1)));
    };
  }

  /// Writes that meet no background work, then all of that work at once.
  private void busyMachine(List<Step> steps) {
    steps.add(new Step.Pause());
    int writes = random.nextInt(12);
    for (int i = 0; i < writes; i++) {
      steps.add(write());
    }
    steps.add(new Step.Resume());
  }

  private String keyspace() {
    return KEYSPACES.get((int) (KEYSPACES.size() * square(random.nextDouble())));
  }

  /// One of the keys of this history, some far more often than others.
  private byte[] key() {
    return keys[(int) (KEYS * square(random.nextDouble()))];
  }

  private static double square(double x) {
    return x * x;
  }

  private byte[] newKey() {
    return switch (random.nextInt(8)) {
      case 0, 1 -> edges(1 + random.nextInt(4));
      case 2, 3 -> text("customer/orders/%02d".formatted(random.nextInt(60)));
      case 4 -> chain();
      case 5 -> text("k%d".formatted(random.nextInt(1000)));
      case 6 -> bytes(8 + random.nextInt(16));
      default -> random.nextInt(10) == 0 ? bytes(4096) : join(text("customer/"), edges(3));
    };
  }

  /// Keys each of which is the beginning of the next.
  private byte[] chain() {
    byte[] key = new byte[1 + random.nextInt(12)];
    Arrays.fill(key, random.nextBoolean() ? (byte) 0 : (byte) 0xff);
    key[0] = 'c';
    return key;
  }

  private byte[] edges(int length) {
    byte[] key = new byte[length];
    for (int i = 0; i < length; i++) {
      key[i] = EDGES[random.nextInt(EDGES.length)];
    }
    return key;
  }

  private KeySpan span() {
    boolean reversed = random.nextBoolean();
    return switch (random.nextInt(5)) {
      case 0 -> new KeySpan(KeySpan.Form.ALL, new byte[0], null, reversed);
      case 1 -> new KeySpan(KeySpan.Form.PREFIX, prefix(), null, reversed);
      case 2 -> new KeySpan(KeySpan.Form.FROM, bound(), null, reversed);
      case 3 -> new KeySpan(KeySpan.Form.BETWEEN, bound(), null, reversed);
      default -> new KeySpan(KeySpan.Form.BETWEEN, bound(), bound(), reversed);
    };
  }

  /// A span that rarely holds much, so that deleting it leaves something to read.
  private KeySpan narrowSpan() {
    if (random.nextInt(20) == 0) {
      return span();
    }
    byte[] start = key();
    return random.nextBoolean() || start.length > KEY_LENGTH_LARGE
        ? new KeySpan(KeySpan.Form.PREFIX, start, null, false)
        : KeySpan.between(start, join(start, edges(1 + random.nextInt(2))));
  }

  private byte[] prefix() {
    byte[] key = key();
    return Arrays.copyOf(key, random.nextInt(Math.min(key.length, 16) + 1));
  }

  private byte[] bound() {
    return random.nextBoolean() ? key() : newKey();
  }

  private byte[] value() {
    int dice = random.nextInt(1000);
    if (dice < 80) {
      return new byte[0];
    }
    if (dice < 600) {
      return content(1 + random.nextInt(100));
    }
    if (dice < 990) {
      return content(100 + random.nextInt(3000));
    }
    return content(dice < 998 ? 8_000 + random.nextInt(16_000) : 70_000 + random.nextInt(80_000));
  }

  /// Half of the values can be compressed.
  private byte[] content(int length) {
    if (random.nextBoolean()) {
      return bytes(length);
    }
    byte[] value = new byte[length];
    byte[] word = bytes(1 + random.nextInt(20));
    for (int i = 0; i < length; i++) {
      value[i] = word[i % word.length];
    }
    return value;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }
}
