package io.lightningdb.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;

/**
 * The entries of a keyspace. Immutable and thread-safe; making one asks nothing of the service.
 *
 * <p>Values come back byte by byte from {@link #get} and {@link #export}. Everything else comes within JSON, where the line ends of a value that
 * is JSON are spaces.
 *
 * <p>Every call throws a {@link ProblemException} where the service refuses it, and a {@link ConnectionException} where there is no answer,
 * both once {@link RetryPolicy} allows no other attempt.
 */
public final class Keyspace {
  private final LightningClient client;
  private final Transport transport;
  private final String name;
  private final String path;
  private final EntryCalls calls;

  Keyspace(LightningClient client, Transport transport, String name) {
    this.client = client;
    this.transport = transport;
    this.name = Objects.requireNonNull(name);
    this.path = EntryCalls.keyspacePath(name);
    this.calls = new EntryCalls(transport, path, false);
  }

  /**
   * Its name.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Reads an entry.
   *
   * @param key of the entry
   * @return the entry, if there is one
   */
  public Optional<Entry> get(String key) {
    return get(Key.of(key));
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
   * Reads an entry as it was at a past version, which the keyspace must still keep.
   *
   * @param key of the entry
   * @param version that the answer to another call told
   * @return the entry, if there was one
   */
  public Optional<Entry> getAt(Key key, long version) {
    return calls.get(key, version, false);
  }

  /**
   * Reads many entries at one snapshot.
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
   * @param value a {@link Value}; text, which is stored as {@code text/plain}; bytes, which are stored as {@code application/octet-stream}; or
   *     anything that Jackson writes as JSON
   * @return version of the commit
   */
  public long put(String key, Object value) {
    return put(Key.of(key), value, WriteOptions.defaults());
  }

  /**
   * Adds or replaces an entry.
   *
   * @param key of the entry
   * @param value as {@link #put(String, Object)} takes it
   * @param options a condition, an end, a durability
   * @return version of the commit
   */
  public long put(String key, Object value, WriteOptions options) {
    return put(Key.of(key), value, options);
  }

  /**
   * Adds or replaces an entry.
   *
   * @param key of the entry
   * @param value as {@link #put(String, Object)} takes it
   * @param options a condition, an end, a durability
   * @return version of the commit
   * @throws ConditionFailedException if the condition does not hold
   */
  public long put(Key key, Object value, WriteOptions options) {
    return calls.put(key, Value.ofAny(value), options);
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
   * @param options a condition, a durability
   * @return whether there was one; true as well where the answer to a first attempt was lost
   * @throws ConditionFailedException if the condition does not hold
   */
  public boolean delete(Key key, WriteOptions options) {
    return calls.delete(key, options);
  }

  /**
   * Reads an entry, and replaces it by what a function makes of it. It is done again where others were faster, so that no change is lost.
   *
   * @param key of the entry
   * @param change answers the new value, as {@link #put(String, Object)} takes it; it may be called several times
   * @return version of the commit
   * @throws ConflictException if others were faster too often
   */
  public long update(String key, Function<Optional<Entry>, ?> change) {
    Key changed = Key.of(key);
    Attempts attempts = transport.attempts(TransactionOptions.ATTEMPTS_MAX_DEFAULT);
    while (true) {
      Optional<Entry> before = get(changed);
      Value value = Value.ofAny(change.apply(before));
      // Not a put: an execution carries an idempotency key, so that it is done once even where an
      // answer is lost.
      BatchResult result =
          client.execute(
              new Execution()
                  .compareVersion(name, changed, before.map(Entry::version).orElse(0L))
                  .then(operations -> operations.put(name, changed, value)));
      if (result.succeeded()) {
        return result.version();
      }
      attempts.next(ConflictException.ofUpdate(name, changed), java.time.Duration.ZERO);
    }
  }

  /**
   * Adds to a counter, which begins with 0. However often it is sent, it counts once.
   *
   * @param key of the counter
   * @param by what is added, which may be negative
   * @return the new value
   */
  public long increment(String key, long by) {
    return increment(Key.of(key), by, 0, null);
  }

  /**
   * Adds to a counter. However often it is sent, it counts once.
   *
   * @param key of the counter
   * @param by what is added, which may be negative
   * @param initial what it is added to where there is no entry
   * @param durability of the commit; null for that of the keyspace
   * @return the new value
   */
  public long increment(Key key, long by, long initial, Durability durability) {
    return calls.increment(key, by, initial, durability);
  }

  /**
   * Carries out a batch. However often it is sent, an atomic one is done once.
   *
   * @param batch its operations
   * @return a result for each of them
   * @throws ConditionFailedException if a condition of an atomic batch does not hold; nothing was changed
   */
  public BatchResult batch(Batch batch) {
    return calls.batch(batch);
  }

  /**
   * Reads a range at one snapshot, as it arrives. Close what it answers:
   *
   * <pre>{@code
   * try (EntryStream entries = keyspace.scan(Range.prefix("user/"))) {
   *   entries.forEachRemaining(entry -> ...);
   * }
   * }</pre>
   *
   * @param range which entries
   * @return the entries
   */
  public EntryStream scan(Range range) {
    return calls.scan(range);
  }

  /**
   * Reads a part of a range. Other than {@link #scan} this holds no connection between two pages.
   *
   * @param range which entries; its limit is that of the page
   * @param cursor of the page before; null for the first page
   * @return the page
   */
  public Page list(Range range, String cursor) {
    return calls.list(range, cursor);
  }

  /**
   * Counts the entries of a range, by walking it.
   *
   * @param range which entries
   * @return how many there are
   */
  public long count(Range range) {
    return calls.count(range);
  }

  /**
   * Removes a range in one commit, at a cost that does not depend on the number of entries.
   *
   * @param range which entries; not all
   */
  public void deleteRange(Range range) {
    calls.deleteRange(range, null);
  }

  /**
   * Reads all entries at one snapshot, as they arrive and compressed on their way. Close what it answers.
   *
   * @return the entries, which {@link #importEntries} of another keyspace takes
   */
  public EntryStream export() {
    Call call = exportCall();
    AnswerStream body = transport.open(call);
    try {
      return new EntryStream(call.toString(), new GZIPInputStream(body));
    } catch (IOException e) {
      body.close();
      throw new ConnectionException(call + ": " + e.getMessage(), false, e);
    }
  }

  /**
   * Writes all entries at one snapshot as a gzip file of NDJSON, which the service imports.
   *
   * @param out is written to, and not closed
   * @return how many bytes were written
   * @throws IOException if they cannot be written; what was written then is no whole file
   */
  public long exportTo(OutputStream out) throws IOException {
    Call call = exportCall();
    try (AnswerStream body = transport.open(call)) {
      byte[] piece = new byte[1 << 16];
      long written = 0;
      while (true) {
        int count;
        try {
          count = body.read(piece);
        } catch (IOException e) {
          throw new ConnectionException(
              call + ": cut behind " + written + " bytes: " + e.getMessage(), false, e);
        }
        if (count < 0) {
          return written;
        }
        out.write(piece, 0, count);
        written += count;
      }
    }
  }

  private Call exportCall() {
    return Call.repeatable("GET", path + "/entries:export").header("Accept", "application/gzip");
  }

  /**
   * Stores entries, in many commits. They are sent in parts of a mebibyte, each of which is sent again where that is needed; no more of them is
   * in memory.
   *
   * @param entries such as those of {@link #export()}; their versions are not looked at
   * @return what came of it
   * @throws ImportException if it ended early
   */
  public ImportReport importEntries(Iterator<Entry> entries) {
    return importEntries(entries, ImportOptions.defaults());
  }

  /**
   * Stores entries, in many commits.
   *
   * @param entries such as those of {@link #export()}; their versions are not looked at
   * @param options without a key field
   * @return what came of it
   * @throws ImportException if it ended early
   */
  public ImportReport importEntries(Iterator<Entry> entries, ImportOptions options) {
    if (options.keyField() != null) {
      throw new IllegalArgumentException("entries have keys: a key field is for lines");
    }
    return importer(options).entries(entries);
  }

  /**
   * Stores lines (NDJSON), in many commits. They are sent in parts of a mebibyte, each of which is sent again where that is needed; no more of
   * them is in memory.
   *
   * @param in UTF-8, which is read to its end and not closed
   * @param options with a key field if the lines are documents; without, they are entries as an export writes them
   * @return what came of it
   * @throws ImportException if it ended early
   * @throws IOException if the lines cannot be read; what was read before may be stored
   */
  public ImportReport importLines(InputStream in, ImportOptions options) throws IOException {
    return importer(options).lines(in);
  }

  private Importer importer(ImportOptions options) {
    return new Importer(transport, path + "/entries:import", options);
  }

  /**
   * Tells the name.
   *
   * @return such as {@code keyspace orders}
   */
  @Override
  public String toString() {
    return "keyspace " + name;
  }
}
