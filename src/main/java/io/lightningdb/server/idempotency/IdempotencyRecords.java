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
import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.ShareHolder;
import io.lightningdb.server.share.Shared;
import io.lightningdb.server.share.Shares;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.scheduling.annotation.Scheduled;

/// The answers that are kept, in a keyspace that clients neither see nor reach. Their keys begin with the period of ten
/// minutes in which they were written, so those of past periods are removed together, at no cost.
///
/// Time never runs backwards here, neither when the clock is set back while the service runs nor when it was set back before the
/// start: then time goes on from the newest answer kept. So an answer may be kept for longer than it must, never for less.
///
/// *Thread-safe.* What is kept takes at most so many bytes, of which each caller has a share.
public final class IdempotencyRecords {
  /// Name of the keyspace.
  public static final String KEYSPACE = Database.INTERNAL_PREFIX + "idempotency";

  /// How long an answer is kept.
  public static final Duration AGE_MAX = Duration.ofMinutes(10);

  /// Largest answer that is kept, in bytes.
  static final int ANSWER_BYTES_MAX = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(IdempotencyRecords.class);

  private final Database database;
  private final CallerShares bytes;
  private final LongSupplier clock;
  private final Keyspace keyspace;
  private final AtomicLong latestMillis = new AtomicLong();

  /// What the clock is behind the answers that were kept before the start.
  private final long behindMillis;

  private final ReentrantLock lock = new ReentrantLock();

  /// Pays for what is known of callers beside what is stored.
  private final MemoryAccount memory;

  /// Bytes kept, or about to be, by period and caller. Guarded by `lock`.
  private final TreeMap<Long, Map<ShareHolder, Long>> bytesOf = new TreeMap<>();

  /// Opens the keyspace, or creates it.
  ///
  /// @param database the open database
  /// @param bytes of all answers, of which nothing is taken; holds callers to their shares
  /// @param clock tells the time, in milliseconds since 1970
  public IdempotencyRecords(Database database, CallerShares bytes, LongSupplier clock) {
    this.database = database;
    this.bytes = bytes;
    this.clock = clock;
    this.memory = database.memoryAccount();
    this.keyspace = database.keyspace(KEYSPACE, KeyspaceOptions.defaults());
    try (Scan scan = keyspace.scan(Range.all())) {
      while (scan.next()) {
        byte[] key = scan.key();
        ShareHolder owner = bytes.accountOf(ownerOf(key));
        long kept = key.length + (long) scan.valueBytes();
        bytes.settle(owner, kept);
        count(ByteBuffer.wrap(key).getLong(), owner, kept);
      }
    }
    long newest = bytesOf.isEmpty() ? 0 : bytesOf.lastKey() * AGE_MAX.toMillis();
    this.behindMillis = Math.max(0, newest - clock.getAsLong());
  }

  /// A kept answer, and the version of the commit that kept it.
  ///
  /// @param answer what was answered
  /// @param version of the commit
  record Found(KeptAnswer answer, long version) {}

  /// Room for one answer, given back unless the answer was kept. Confined to one thread.
  final class Room implements AutoCloseable {
    private long period;
    private ShareHolder owner = ShareHolder.SERVICE;
    private long taken;

    private Room() {}

    /// Makes the room fit, whatever was taken before.
    private void take(long period, ShareHolder caller, long wanted) {
      close();
      ShareHolder account = bytes.accountOf(caller);
      if (bytes.take(account, wanted) != CallerShares.Verdict.TAKEN) {
        throw Shares.refusal(ProblemType.OVERLOADED, Shared.IDEMPOTENCY_BYTES, bytes, account)
            .withHeader(HttpHeaders.RETRY_AFTER, "60")
            .asException();
      }
      count(period, account, wanted);
      this.period = period;
      this.owner = account;
      this.taken = wanted;
    }

    /// Says that the answer is kept.
    void keep() {
      taken = 0;
    }

    @Override
    public void close() {
      long unused = taken;
      taken = 0;
      if (unused > 0) {
        bytes.give(owner, count(period, owner, -unused));
      }
    }
  }

  /// Who sent a key that is kept: in front of the line feed stands the caller, unless nobody is asked who he is.
  private static ShareHolder ownerOf(byte[] storedKey) {
    String text =
        new String(storedKey, Long.BYTES, storedKey.length - Long.BYTES, StandardCharsets.US_ASCII);
    int end = text.indexOf('\n');
    return new ShareHolder(end < 0 ? "" : text.substring(0, end), ShareHolder.Rank.ORDINARY);
  }

  /// Room for an answer, of no size yet.
  ///
  /// @return to be closed by the caller
  Room room() {
    return new Room();
  }

  /// Looks for an answer.
  ///
  /// @param key the caller and what it sent, in ASCII
  /// @return the answer, unless it is too old or there is none
  Optional<Found> find(String key) {
    long now = now();
    for (long period = period(now); period >= period(now) - 1; period--) {
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
  /// @param key the caller and what it sent, in ASCII
  /// @param payloadDigest SHA-256 of what was asked
  /// @param draft what will be answered
  /// @param writes the commit
  /// @param room for the answer
  /// @throws io.lightningdb.server.problem.ProblemException if there is no room for it
  void add(String key, byte[] payloadDigest, AnswerDraft draft, WriteBatch writes, Room room) {
    long now = now();
    byte[] stored = new KeptAnswer(now, payloadDigest, draft).toStored();
    if (stored.length > ANSWER_BYTES_MAX) {
      String detail = "The answer is too large to be kept for the Idempotency-Key.";
      throw Problem.of(ProblemType.BATCH_TOO_LARGE, detail)
          .withLimit(ANSWER_BYTES_MAX, stored.length)
          .asException();
    }
    byte[] storedKey = storedKey(period(now), key);
    room.take(period(now), ShareHolder.current(), storedKey.length + (long) stored.length);
    writes.put(keyspace, storedKey, stored);
  }

  /// Removes answers of past periods.
  @Scheduled(fixedDelay = 60_000)
  public void removeOld() {
    long oldest = period(now()) - 1;
    if (!hasBefore(oldest)) {
      return;
    }
    Range old = Range.between(new byte[0], prefix(oldest));
    try {
      database.write(new WriteBatch().deleteRange(keyspace, old), Durability.LOGGED);
      forgetBefore(oldest);
    } catch (EngineException e) {
      LOG.warn("Answers kept for Idempotency-Keys could not be removed; trying again", e);
    }
  }

  private boolean hasBefore(long period) {
    lock.lock();
    try {
      return !bytesOf.headMap(period).isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private void forgetBefore(long period) {
    lock.lock();
    try {
      Map<Long, Map<ShareHolder, Long>> past = bytesOf.headMap(period);
      for (Map<ShareHolder, Long> owners : past.values()) {
        owners.forEach((owner, kept) -> {
          bytes.give(owner, kept);
          memory.charge(-heapBytes(owner));
        });
      }
      past.clear();
    } finally {
      lock.unlock();
    }
  }

  /// Bytes of all answers together, those of running calls among them.
  ///
  /// @return as many as are stored, of keys and values
  long bytes() {
    return bytes.held();
  }

  /// Notes what is kept, or is not after all. Returns what came of it: what a slow call gives back may have been forgotten with its
  /// period, and was given back then.
  private long count(long period, ShareHolder owner, long more) {
    lock.lock();
    try {
      if (more > 0) {
        Map<ShareHolder, Long> counted = bytesOf.computeIfAbsent(period, _ -> new HashMap<>());
        if (counted.merge(owner, more, Long::sum) == more) {
          memory.charge(heapBytes(owner));
        }
        return more;
      }
      Map<ShareHolder, Long> owners = bytesOf.getOrDefault(period, Map.of());
      long kept = Math.max(0, owners.getOrDefault(owner, 0L) + more);
      long given = owners.getOrDefault(owner, 0L) - kept;
      if (kept > 0) {
        owners.put(owner, kept);
      } else if (given > 0) {
        owners.remove(owner);
        memory.charge(-heapBytes(owner));
        bytesOf.computeIfPresent(period, (_, left) -> left.isEmpty() ? null : left);
      }
      return given;
    } finally {
      lock.unlock();
    }
  }

  /// A caller and its count, here and among the shares.
  private static long heapBytes(ShareHolder owner) {
    return 24 + HeapBytes.of(owner.id()) + 2L * (HeapBytes.HASH_ENTRY + HeapBytes.LONG);
  }

  private long now() {
    return latestMillis.accumulateAndGet(clock.getAsLong() + behindMillis, Math::max);
  }

  private static long period(long millis) {
    return millis / AGE_MAX.toMillis();
  }

  private static byte[] storedKey(long period, String key) {
    byte[] text = key.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(Long.BYTES + text.length).putLong(period).put(text).array();
  }

  private static byte[] prefix(long period) {
    return ByteBuffer.allocate(Long.BYTES).putLong(period).array();
  }
}
