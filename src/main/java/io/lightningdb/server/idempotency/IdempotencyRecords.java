package io.lightningdb.server.idempotency;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;

/// The answers that are kept, in a keyspace that clients neither see nor reach. Their keys begin with the period of ten
/// minutes in which they were written, so those of past periods are removed together, at no cost.
///
/// *Thread-safe.* What is kept takes at most [#BYTES_MAX] bytes.
public final class IdempotencyRecords {
  /// Name of the keyspace.
  public static final String KEYSPACE = Database.INTERNAL_PREFIX + "idempotency";

  /// How long an answer is kept.
  public static final Duration AGE_MAX = Duration.ofMinutes(10);

  /// Largest answer that is kept, in bytes.
  static final int ANSWER_BYTES_MAX = 1 << 20;

  /// Most bytes of all answers together.
  static final long BYTES_MAX = 256L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(IdempotencyRecords.class);

  private final Database database;
  private final InstantSource clock;
  private final Keyspace keyspace;

  /// Bytes kept by period.
  private final ConcurrentSkipListMap<Long, AtomicLong> bytesOf = new ConcurrentSkipListMap<>();

  /// Opens the keyspace, or creates it.
  ///
  /// @param database the open database
  /// @param clock tells the time
  public IdempotencyRecords(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
    this.keyspace = database.keyspace(KEYSPACE, KeyspaceOptions.defaults());
    try (Scan scan = keyspace.scan(Range.all())) {
      while (scan.next()) {
        count(ByteBuffer.wrap(scan.key()).getLong(), scan.valueBytes());
      }
    }
  }

  /// A kept answer, and the version of the commit that kept it.
  ///
  /// @param answer what was answered
  /// @param version of the commit
  record Found(KeptAnswer answer, long version) {}

  /// Looks for an answer.
  ///
  /// @param key what the client sent
  /// @return the answer, unless it is too old or there is none
  Optional<Found> find(String key) {
    long now = clock.millis();
    // The period after this one has answers if the clock was set back.
    for (long period = period(now) + 1; period >= period(now) - 1; period--) {
      Entry entry = keyspace.entry(storedKey(period, key));
      if (entry != null) {
        KeptAnswer answer = KeptAnswer.of(entry.value());
        if (now - answer.createdMillis() < AGE_MAX.toMillis()) {
          return Optional.of(new Found(answer, entry.version()));
        }
      }
    }
    return Optional.empty();
  }

  /// Makes an answer part of a commit.
  ///
  /// @param key what the client sent
  /// @param payloadDigest SHA-256 of what was asked
  /// @param draft what will be answered
  /// @param writes the commit
  /// @throws io.lightningdb.server.problem.ProblemException if there is no room for it
  void add(String key, byte[] payloadDigest, AnswerDraft draft, WriteBatch writes) {
    long now = clock.millis();
    byte[] stored = new KeptAnswer(now, payloadDigest, draft).toStored();
    if (stored.length > ANSWER_BYTES_MAX) {
      String detail = "The answer is too large to be kept for the Idempotency-Key.";
      throw Problem.of(ProblemType.BATCH_TOO_LARGE, detail)
          .withLimit(ANSWER_BYTES_MAX, stored.length)
          .asException();
    }
    if (bytes() + stored.length > BYTES_MAX) {
      String detail = "No more answers can be kept for Idempotency-Keys until older ones expire.";
      throw ProblemTranslation.retryLater(ProblemType.OVERLOADED, detail, Duration.ofMinutes(1))
          .asException();
    }
    writes.put(keyspace, storedKey(period(now), key), stored);
    // Counted before the commit, and also if that fails: the bound holds, and errs for ten minutes.
    count(period(now), stored.length);
  }

  /// Removes answers of past periods.
  @Scheduled(fixedDelay = 60_000)
  public void removeOld() {
    long oldest = period(clock.millis()) - 1;
    if (bytesOf.headMap(oldest).isEmpty()) {
      return;
    }
    Range old = Range.between(new byte[0], bytes(oldest));
    try {
      database.write(new WriteBatch().deleteRange(keyspace, old), Durability.LOGGED);
      bytesOf.headMap(oldest).clear();
    } catch (EngineException e) {
      LOG.warn("Answers kept for Idempotency-Keys could not be removed; trying again", e);
    }
  }

  /// Bytes of all answers together.
  ///
  /// @return an upper estimate
  long bytes() {
    return bytesOf.values().stream().mapToLong(AtomicLong::get).sum();
  }

  private void count(long period, long bytes) {
    bytesOf.computeIfAbsent(period, _ -> new AtomicLong()).addAndGet(bytes);
  }

  private static long period(long millis) {
    return millis / AGE_MAX.toMillis();
  }

  private static byte[] storedKey(long period, String key) {
    byte[] text = key.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(Long.BYTES + text.length).putLong(period).put(text).array();
  }

  private static byte[] bytes(long period) {
    return ByteBuffer.allocate(Long.BYTES).putLong(period).array();
  }
}
