package io.lightningdb.client;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** The entries of a keyspace as a transaction sees them. Its writes are invisible to others before the commit. Used by one thread at a time. */
public final class TransactionKeyspace {
  private final EntryCalls calls;

  TransactionKeyspace(EntryCalls calls) {
    this.calls = calls;
  }

  /**
   * Reads an entry.
   *
   * @param key of the entry
   * @return the entry, if there is one
   */
  public Optional<Entry> get(String key) {
    return calls.get(Key.of(key), null, false);
  }

  /**
   * Reads an entry.
   *
   * @param key of the entry
   * @return the entry, if there is one
   */
  public Optional<Entry> get(Key key) {
    return calls.get(key, null, false);
  }

  /**
   * Reads an entry and its value as JSON.
   *
   * @param <T> what the value is read as
   * @param key of the entry
   * @param type what the value is read as, such as a record
   * @return what Jackson makes of the value, if there is an entry
   */
  public <T> Optional<T> get(String key, Class<T> type) {
    return get(key).map(entry -> entry.as(type));
  }

  /**
   * Reads an entry after its key, present or absent, is locked against other transactions that lock it, up to the end of this one.
   *
   * @param key of the entry
   * @return the entry, if there is one
   * @throws ConflictException if the lock is not to be had
   */
  public Optional<Entry> getForUpdate(Key key) {
    return calls.get(key, null, true);
  }

  /**
   * Reads many entries.
   *
   * @param keys of the entries
   * @return those that there are, in the order of the keys
   */
  public Map<Key, Entry> getAll(Collection<Key> keys) {
    return calls.getAll(keys);
  }

  /**
   * Adds or replaces an entry.
   *
   * @param key of the entry
   * @param value as {@link Keyspace#put(String, Object)} takes it
   */
  public void put(String key, Object value) {
    put(Key.of(key), value, WriteOptions.defaults());
  }

  /**
   * Adds or replaces an entry.
   *
   * @param key of the entry
   * @param value as {@link Keyspace#put(String, Object)} takes it
   * @param options a condition, an end; no durability, which is that of the commit
   * @throws ConditionFailedException if the condition does not hold
   */
  public void put(Key key, Object value, WriteOptions options) {
    calls.put(key, Value.ofAny(value), options);
  }

  /**
   * Removes an entry.
   *
   * @param key of the entry
   * @return whether there was one; true as well where the answer to a first attempt was lost
   */
  public boolean delete(String key) {
    return delete(Key.of(key), WriteOptions.defaults());
  }

  /**
   * Removes an entry.
   *
   * @param key of the entry
   * @param options a condition
   * @return whether there was one; true as well where the answer to a first attempt was lost
   * @throws ConditionFailedException if the condition does not hold
   */
  public boolean delete(Key key, WriteOptions options) {
    return calls.delete(key, options);
  }

  /**
   * Adds to a counter, which begins with 0. The commit conflicts if others count meanwhile, as they do not outside of transactions.
   *
   * @param key of the counter
   * @param by what is added, which may be negative
   * @return the new value
   */
  public long increment(String key, long by) {
    return calls.increment(Key.of(key), by, 0, null);
  }

  /**
   * Carries out a batch.
   *
   * @param batch its operations; without a durability, which is that of the commit
   * @return a result for each of them
   */
  public BatchResult batch(Batch batch) {
    return calls.batch(batch);
  }

  /**
   * Reads a range as it arrives. Close what it answers.
   *
   * @param range which entries
   * @return the entries; those that the transaction itself wrote have version 0
   */
  public EntryStream scan(Range range) {
    return calls.scan(range);
  }

  /**
   * Counts the entries of a range.
   *
   * @param range which entries
   * @return how many there are
   */
  public long count(Range range) {
    return calls.count(range);
  }

  /**
   * Removes a range. The commit conflicts with other writes into it.
   *
   * @param range which entries; not all
   */
  public void deleteRange(Range range) {
    calls.deleteRange(range, null);
  }
}
