package io.lightningdb.engine.testkit;

import static io.lightningdb.engine.Durability.LOGGED;
import static io.lightningdb.engine.Durability.SYNCED;

import io.lightningdb.engine.Durability;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Histories written by hand, short enough to be run once for each of their operations.
public final class Histories {
  private Histories() {}

  /// Commits of both durabilities over two keyspaces, with flushes, merges, a keyspace that goes and comes back, a log
  /// that goes through several segments, and a restart.
  ///
  /// @return the steps
  public static List<Step> eventful() {
    List<Step> steps = new ArrayList<>();
    steps.add(put("default", "a", 10, SYNCED));
    steps.add(put("default", "b", 10, LOGGED));
    steps.add(new Step.Configure("alpha", 0));
    steps.add(put("alpha", "a", 700, LOGGED));
    steps.add(both("shared-1", LOGGED));
    steps.add(put("default", "c", 3000, SYNCED));
    steps.add(new Step.Flush("alpha"));
    steps.add(delete("alpha", "a"));
    steps.add(both("shared-2", SYNCED));
    steps.add(put("default", "b", 0, LOGGED));
    steps.add(putFor("default", "short", 30));
    steps.add(putFor("alpha", "shared-1", 30));
    steps.add(putFor("default", "long", 300));
    steps.add(new Step.Flush("default"));
    steps.add(new Step.Flush("alpha"));
    steps.add(put("default", "big-1", 40_000, LOGGED));
    steps.add(put("default", "big-2", 40_000, SYNCED));
    steps.add(deleteRange("default", "b", "c"));
    steps.add(new Step.JumpClock(31));
    steps.add(put("alpha", "big-3", 50_000, LOGGED));
    steps.add(new Step.Compact("default"));
    steps.add(put("default", "larger-than-a-segment", 90_000, LOGGED));
    steps.add(new Step.Tick());
    steps.add(both("shared-3", LOGGED));
    steps.add(new Step.Drop("alpha"));
    steps.add(put("default", "d", 100, LOGGED));
    steps.add(new Step.Configure("alpha", 1));
    steps.add(put("alpha", "a", 20, LOGGED));
    steps.add(new Step.Compact("alpha"));
    steps.add(new Step.Configure("alpha", 2));
    steps.add(both("shared-1", LOGGED));
    steps.add(new Step.Reopen());
    steps.add(delete("default", "shared-1"));
    steps.add(put("default", "e", 500, SYNCED));
    steps.add(new Step.Flush("default"));
    steps.add(new Step.Compact("default"));
    steps.add(put("alpha", "z", 10, LOGGED));
    steps.add(put("alpha", "y", 10, LOGGED));
    return List.copyOf(steps);
  }

  /// What a client does after a restart, to see that the database is of use.
  ///
  /// @return the steps
  public static List<Step> aftermath() {
    return List.of(
        put("default", "after", 100, LOGGED),
        put("default", "after-2", 2000, SYNCED),
        delete("default", "after"),
        new Step.Walk("default", KeySpan.all(), Integer.MAX_VALUE),
        new Step.Flush("default"),
        new Step.Compact("default"),
        put("default", "after", 10, SYNCED),
        new Step.Reopen());
  }

  /// The least that tells a client that the database took something.
  ///
  /// @return one step
  public static List<Step> oneSyncedCommit() {
    return List.of(put("default", "one-more", 100, SYNCED));
  }

  private static Step put(String keyspace, String key, int valueBytes, Durability durability) {
    return Step.Write.of(durability, change(keyspace, key, valueBytes));
  }

  private static Step putFor(String keyspace, String key, int minutes) {
    return Step.Write.of(LOGGED, new Change.PutFor(keyspace, bytes(key), bytes(key), minutes));
  }

  private static Step delete(String keyspace, String key) {
    return Step.Write.of(SYNCED, new Change.Delete(keyspace, bytes(key)));
  }

  private static Step deleteRange(String keyspace, String start, String end) {
    return Step.Write.of(
        LOGGED, new Change.DeleteRange(keyspace, KeySpan.between(bytes(start), bytes(end))));
  }

  /// A commit over both keyspaces.
  private static Step both(String key, Durability durability) {
    return Step.Write.of(
        durability,
        change("default", key, 600),
        new Change.Delete("default", bytes("absent")),
        change("alpha", key, 600));
  }

  private static Change change(String keyspace, String key, int valueBytes) {
    byte[] value = new byte[valueBytes];
    new SplittableRandom(key.hashCode() + 31L * valueBytes).nextBytes(value);
    return new Change.Put(keyspace, bytes(key), value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
