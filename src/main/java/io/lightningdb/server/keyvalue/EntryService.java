package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Expiry;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/// Reads and writes single entries.
@Service
class EntryService {

  /// A condition names versions, and each failed attempt finds a newer one, so attempts end by themselves; except for
  /// If-None-Match with a list, which everything but the list satisfies.
  private static final int ATTEMPTS_MAX = 100;

  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  EntryService(Database database) {
    this.database = database;
  }

  /// What was read, and when.
  ///
  /// @param entry the entry, or null if there is none
  /// @param visibleVersion version at which that is so
  record Reading(@Nullable Entry entry, long visibleVersion) {}

  /// Reads an entry as it is now.
  ///
  /// @param address which one
  /// @return the entry, or nothing if there was none; whether there is none at one moment only a snapshot tells
  Optional<Reading> readNewest(EntryAddress address) {
    long before = database.visibleVersion();
    Entry entry = address.keyspace().entry(address.key());
    // The newest entry at a moment after `before`: it is so at all versions from its own to that
    // moment's.
    return entry == null
        ? Optional.empty()
        : Optional.of(new Reading(entry, Math.max(before, entry.version())));
  }

  /// Reads an entry.
  ///
  /// @param address which one
  /// @param snapshot what it is read at; closed by the caller
  /// @return the entry at that moment
  Reading read(EntryAddress address, Snapshot snapshot) {
    return new Reading(address.keyspace().entry(address.key(), snapshot), snapshot.version());
  }

  /// What is to be written.
  ///
  /// @param value the value
  /// @param expiry when it expires
  record NewEntry(StoredValue value, Expiry expiry) {}

  /// Adds or replaces an entry.
  ///
  /// @param address which one
  /// @param entry what it shall be
  /// @param condition what must hold
  /// @param durability what the write must survive
  /// @return what was done
  /// @throws ProblemException if the condition does not hold
  WriteResult put(
      EntryAddress address, NewEntry entry, Precondition condition, Durability durability) {
    byte[] envelope = entry.value().envelope();
    byte[] value = entry.value().bytes();
    Supplier<WriteBatch> put =
        () ->
            new WriteBatch()
                .put(address.keyspace(), address.key(), envelope, value, entry.expiry());
    if (condition.isAbsent()) {
      WriteBatch batch = put.get().observe(address.keyspace(), address.key());
      long version = database.write(batch, durability);
      return new WriteResult(version, batch.observedVersion(0) == 0);
    }
    if (condition.isPresence()) {
      return writeIfPresent(address, put.get(), durability, EntryService::refused);
    }
    return writeIf(address, put, condition, durability, EntryService::refused);
  }

  /// Removes an entry.
  ///
  /// @param address which one
  /// @param condition what must hold
  /// @param durability what the write must survive
  /// @return what was done
  /// @throws ProblemException if there is no entry, or the condition does not hold
  WriteResult delete(EntryAddress address, Precondition condition, Durability durability) {
    Supplier<WriteBatch> delete = () -> new WriteBatch().delete(address.keyspace(), address.key());
    // Without its conditions the deletion of nothing would be answered 404, so they do not count
    // for it.
    LongFunction<ProblemException> refusal =
        version -> version == 0 ? EntryAnswer.notFound() : refused(version);
    return condition.isAbsent() || condition.isPresence()
        ? writeIfPresent(address, delete.get(), durability, refusal)
        : writeIf(address, delete, condition.ofExisting(), durability, refusal);
  }

  private static ProblemException refused(long actualVersion) {
    String detail =
        actualVersion == 0
            ? "There is no entry, and the request demands one."
            : "The entry has version " + actualVersion + ", which the request does not allow.";
    return ProblemTranslation.preconditionFailed(detail, actualVersion).asException();
  }

  private WriteResult writeIfPresent(
      EntryAddress address,
      WriteBatch change,
      Durability durability,
      LongFunction<ProblemException> refusal) {
    try {
      change.requirePresent(address.keyspace(), address.key());
      return new WriteResult(database.write(change, durability), false);
    } catch (EngineException.ConditionFailed failed) {
      throw refusal.apply(failed.actualVersion());
    }
  }

  private WriteResult writeIf(
      EntryAddress address,
      Supplier<WriteBatch> change,
      Precondition condition,
      Durability durability,
      LongFunction<ProblemException> refusal) {
    long likely = condition.likelyVersion();
    long expected = condition.holdsFor(likely) ? likely : versionOf(address);
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (!condition.holdsFor(expected)) {
        throw refusal.apply(expected);
      }
      try {
        WriteBatch batch = change.get().requireVersion(address.keyspace(), address.key(), expected);
        return new WriteResult(database.write(batch, durability), expected == 0);
      } catch (EngineException.ConditionFailed failed) {
        expected = failed.actualVersion();
      }
    }
    throw Problem.of(ProblemType.CONFLICT, ProblemType.CONFLICT.meaning()).asException();
  }

  private static long versionOf(EntryAddress address) {
    Entry entry = address.keyspace().entry(address.key());
    return entry == null ? 0 : entry.version();
  }
}
