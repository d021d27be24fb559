package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Durability;
import java.util.HexFormat;
import java.util.List;

/// One step of a history: what a client, an operator or the machine does. Plain data, so that a history can be replayed.
public sealed interface Step {

  /// Writes a commit.
  ///
  /// @param changes what it changes, in order
  /// @param durability what the acknowledgement promises
  /// @param condition what it demands of the first key that it changes
  record Write(List<Change> changes, Durability durability, Demand condition) implements Step {
    /// A commit without a condition.
    ///
    /// @param durability what the acknowledgement promises
    /// @param changes what it changes, in order
    /// @return the step
    public static Write of(Durability durability, Change... changes) {
      return new Write(List.of(changes), durability, Demand.NONE);
    }

    @Override
    public String toString() {
      return "Write[" + changes.size() + " changes, " + durability + ", " + condition + "]";
    }
  }

  /// What a commit demands of the first key that it changes.
  enum Demand {
    /// Nothing.
    NONE,
    /// That it has the version it has: holds.
    SAME_VERSION,
    /// That it has a version that it never had: fails.
    OTHER_VERSION,
    /// That it exists.
    PRESENT
  }

  /// Creates a keyspace or changes its options.
  ///
  /// @param keyspace its name
  /// @param choice which of the options that the test offers
  record Configure(String keyspace, int choice) implements Step {}

  /// Drops a keyspace.
  ///
  /// @param keyspace its name
  record Drop(String keyspace) implements Step {}

  /// Flushes the memtable of a keyspace.
  ///
  /// @param keyspace its name
  record Flush(String keyspace) implements Step {}

  /// Merges a keyspace fully.
  ///
  /// @param keyspace its name
  record Compact(String keyspace) implements Step {}

  /// Reads one entry.
  ///
  /// @param keyspace name of the keyspace
  /// @param key its key
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Get(String keyspace, byte[] key) implements Step {
    @Override
    public String toString() {
      return "Get[" + keyspace + ", " + HexFormat.of().formatHex(key) + "]";
    }
  }

  /// Walks a range.
  ///
  /// @param keyspace name of the keyspace
  /// @param span the range
  /// @param limit entries after which the walk is given up
  record Walk(String keyspace, KeySpan span, int limit) implements Step {}

  /// Opens a snapshot, in place of the one in the same slot if there is one.
  ///
  /// @param slot where the test keeps it
  record OpenSnapshot(int slot) implements Step {}

  /// Reads through a snapshot, if there is one in the slot.
  ///
  /// @param slot where the test keeps it
  /// @param keyspace name of the keyspace
  /// @param span the range
  record ReadSnapshot(int slot, String keyspace, KeySpan span) implements Step {}

  /// Closes a snapshot, if there is one in the slot.
  ///
  /// @param slot where the test keeps it
  record CloseSnapshot(int slot) implements Step {}

  /// Lets the log's sync interval pass.
  record Tick() implements Step {}

  /// Sets the wall clock, as a time server does.
  ///
  /// @param minutes how far, forward or back
  record JumpClock(int minutes) implements Step {}

  /// Holds background work back for the steps that follow.
  record Pause() implements Step {}

  /// Does the work held back.
  record Resume() implements Step {}

  /// Closes the database and opens it again.
  record Reopen() implements Step {}
}
