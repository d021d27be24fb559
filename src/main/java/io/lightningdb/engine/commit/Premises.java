package io.lightningdb.engine.commit;

import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.store.KeyspaceGoneException;
import io.lightningdb.engine.store.KeyspaceStore;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Looks at what must hold for a commit to happen: the conditions of a batch, the footprint of a transaction. *Thread-safe.*
///
/// Both are looked at as of some version before the sequencer's lock is taken, and under it only in what was committed since. So
/// what is done under the lock is as much as the conditions, or the keys and ranges of the footprint, are many, and reads no run
/// unless [#readsRuns] says so.
final class Premises {
  private static final long[] NO_VERSIONS = {};
  private static final Observed NOTHING = new Observed(0, List.of());

  private final Present present;
  private final IntFunction<@Nullable KeyspaceStore> stores;

  /// Connects the parts.
  ///
  /// @param present its clock tells what has expired
  /// @param stores finds keyspaces by id
  Premises(Present present, IntFunction<@Nullable KeyspaceStore> stores) {
    this.present = present;
    this.stores = stores;
  }

  KeyspaceStore store(int keyspaceId) throws KeyspaceGoneException {
    KeyspaceStore store = stores.apply(keyspaceId);
    if (store == null) {
      throw new KeyspaceGoneException("with id " + keyspaceId);
    }
    return store;
  }

  /// What conditions are about.
  ///
  /// @param asOf later commits may or may not have been seen
  /// @param entries by condition
  record Observed(long asOf, List<Seen> entries) {}

  /// An entry that was looked at.
  ///
  /// @param version its version; 0 if there is none
  /// @param expiryMillis when it expires
  private record Seen(long version, long expiryMillis) {
    private static final Seen NONE = new Seen(0, ExpiryTime.NEVER);
    private static final Projection<Seen> PROJECTION = new OfEntry();

    private long versionAt(long instantMillis) {
      return expiryMillis == ExpiryTime.NEVER || expiryMillis > instantMillis ? version : 0;
    }

    private static final class OfEntry implements Projection<Seen> {
      @Override
      public Seen of(byte[] value, long version, long expiryMillis) {
        return new Seen(version, expiryMillis);
      }

      @Override
      public Seen absent() {
        return NONE;
      }

      @Override
      public boolean needsValue(int valueBytes) {
        return false;
      }
    }
  }

  /// Looks at what conditions are about, without the lock.
  ///
  /// @throws KeyspaceGoneException if a keyspace does not exist
  /// @throws IOException if a read failed
  Observed observe(List<Condition> conditions) throws IOException {
    if (conditions.isEmpty()) {
      return NOTHING;
    }
    long asOf = present.version();
    Seen[] entries = new Seen[conditions.size()];
    for (int i = 0; i < entries.length; i++) {
      Condition condition = conditions.get(i);
      Seen seen = store(condition.keyspaceId()).get(condition.key(), present, Seen.PROJECTION);
      entries[i] = seen == null ? Seen.NONE : seen;
    }
    return new Observed(asOf, List.of(entries));
  }

  /// The keyspaces of conditions.
  ///
  /// @return their ids
  static Set<Integer> keyspaces(List<Condition> conditions) {
    if (conditions.isEmpty()) {
      return Set.of();
    }
    Set<Integer> ids = new HashSet<>();
    conditions.forEach(condition -> ids.add(condition.keyspaceId()));
    return ids;
  }

  /// Tells whether a look at what was committed after a version reads runs: some of it was flushed.
  boolean readsRuns(Set<Integer> keyspaces, long since) throws KeyspaceGoneException {
    for (int keyspaceId : keyspaces) {
      if (store(keyspaceId).areChangesInRuns(since)) {
        return true;
      }
    }
    return false;
  }

  /// Checks conditions, under the lock.
  ///
  /// @param observed what they are about
  /// @return for each condition the version found
  /// @throws ConditionFailedException if one does not hold
  /// @throws IOException if a read failed
  long[] check(List<Condition> conditions, Observed observed)
      throws ConditionFailedException, IOException {
    if (conditions.isEmpty()) {
      return NO_VERSIONS;
    }
    long[] versions = new long[conditions.size()];
    for (int i = 0; i < versions.length; i++) {
      Condition condition = conditions.get(i);
      versions[i] = versionNow(condition, observed.entries().get(i), observed.asOf());
      if (!condition.holds(versions[i])) {
        throw new ConditionFailedException(i, condition, versions[i]);
      }
    }
    return versions;
  }

  private long versionNow(Condition condition, Seen seen, long asOf) throws IOException {
    KeyspaceStore store = store(condition.keyspaceId());
    return present.version() > asOf && store.isChangedSince(condition.key(), asOf)
        ? store.versionOf(condition.key(), present)
        : seen.versionAt(present.instantMillis());
  }

  /// Checks that nothing of a footprint was changed after a version.
  ///
  /// @throws ConflictException if something was
  /// @throws IOException if a read failed
  void checkUnchanged(Footprint footprint, long since) throws ConflictException, IOException {
    for (Footprint.Key key : footprint.keys()) {
      KeyspaceStore store = store(key.keyspaceId());
      if (store.isChangedSince(key.key(), since)) {
        throw new ConflictException(store.name(), key.key());
      }
    }
    for (Footprint.Span span : footprint.spans()) {
      KeyspaceStore store = store(span.keyspaceId());
      byte[] changed = store.changedSince(span.range(), since);
      if (changed != null) {
        throw new ConflictException(store.name(), changed);
      }
    }
  }

  /// Checks that what was read is still there: that an entry expires changes it like a deletion.
  ///
  /// @throws ConflictException if it is not
  void checkUnexpired(Footprint.@Nullable Expiring first)
      throws ConflictException, KeyspaceGoneException {
    if (first != null && first.expiryMillis() <= present.instantMillis()) {
      throw new ConflictException(store(first.key().keyspaceId()).name(), first.key().key());
    }
  }
}
