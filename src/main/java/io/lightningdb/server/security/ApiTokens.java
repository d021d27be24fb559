package io.lightningdb.server.security;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.token.SecuredMark;
import io.lightningdb.token.Token;
import io.lightningdb.token.TokenFile;
import io.lightningdb.token.TokenText;
import io.lightningdb.token.Tokens;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// The API tokens of this service, in memory and in their file. *Thread-safe.*
///
/// A token is found by its id and proved by one hash, without a lock. When it was last used is noted in memory, and written at most once
/// a minute and at the end: after a crash it may be told as a minute too early.
@Component
final class ApiTokens implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(ApiTokens.class);

  private final Storage storage;
  private final Runnable secure;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();

  /// Seconds since 1970 of the last use of each token since it was last written.
  private final Map<String, Long> uses = new ConcurrentHashMap<>();

  /// Replaced as a whole, under `lock`.
  private volatile Tokens tokens;

  /// Whether a token is void in memory only. Guarded by `lock`.
  private boolean revocationUnwritten;

  /// Reads the file of the data directory.
  ///
  /// @param database open, so that this process has the lock of the directory
  /// @param settings name the directory
  /// @throws IOException if the file is damaged or cannot be read
  @Autowired
  ApiTokens(Database database, LightningProperties settings) throws IOException {
    this(
        new DiskStorage(settings.directory()),
        () -> SecuredMark.set(database),
        // A clock that is set back makes no token valid again.
        database::instant);
  }

  /// Reads the file of a directory.
  ///
  /// @param storage the directory, locked by this process
  /// @param secure has the database say that it is secured; done before the file is written
  /// @param clock tells the time
  /// @throws IOException if the file is damaged or cannot be read
  ApiTokens(Storage storage, Runnable secure, InstantSource clock) throws IOException {
    this.storage = storage;
    this.secure = secure;
    this.clock = clock;
    this.tokens = TokenFile.read(storage).orElse(Tokens.NONE);
  }

  /// Finds the token of a text, and notes that it is used.
  ///
  /// @param text what a client sent
  /// @param digest SHA-256 of it
  /// @return the token, or null if there is none or it has expired
  @Nullable Token use(String text, byte[] digest) {
    Token token = TokenText.id(text).map(tokens::find).orElse(null);
    if (token == null || !token.hasText(digest)) {
      return null;
    }
    Instant now = clock.instant();
    if (token.isExpired(now)) {
      return null;
    }
    long seconds = now.getEpochSecond();
    Long noted = uses.get(token.id());
    if (noted == null || noted != seconds) {
      uses.put(token.id(), seconds);
    }
    return token;
  }

  /// The present moment, as expiry is measured.
  ///
  /// @return to the second
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /// All tokens.
  ///
  /// @return in the order in which they were made, with the moments of their last use
  Collection<Token> all() {
    return withUses(tokens).all();
  }

  /// Finds a token by its id.
  ///
  /// @param id names it
  /// @return the token, or null if there is none
  @Nullable Token find(String id) {
    return withUses(tokens).find(id);
  }

  /// What became of a token that was to be added.
  enum Added {
    /// It is kept, and survives a power failure.
    KEPT,
    /// There are as many as allowed.
    FULL
  }

  /// Adds a token. It is valid when this returns.
  ///
  /// @param token whose id no other has
  /// @return whether there was room
  /// @throws IOException if the file cannot be written; nothing is changed then
  Added add(Token token) throws IOException {
    lock.lock();
    try {
      if (tokens.isFull()) {
        return Added.FULL;
      }
      replace(withUses(tokens).with(token));
      return Added.KEPT;
    } finally {
      lock.unlock();
    }
  }

  /// Revokes a token. It is void when this returns, and stays so after a power failure.
  ///
  /// @param id names it
  /// @return false if there is none
  /// @throws IOException if the file cannot be written; the token is void all the same, and writing is tried again every minute
  boolean revoke(String id) throws IOException {
    lock.lock();
    try {
      if (tokens.find(id) == null) {
        return false;
      }
      Tokens fewer = withUses(tokens).without(id);
      // Void at once: whoever revokes a token has a reason not to wait for a disk.
      tokens = fewer;
      uses.remove(id);
      revocationUnwritten = true;
      replace(fewer);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Writes when tokens were last used, if any was, and what could not be written before. Called by Spring every minute.
  @Scheduled(fixedDelay = 60_000, initialDelay = 60_000)
  void writeUses() {
    lock.lock();
    try {
      Tokens used = withUses(tokens);
      if (used != tokens || revocationUnwritten) {
        replace(used);
      }
    } catch (IOException e) {
      LOG.warn("The file of tokens could not be written; trying again in a minute", e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void destroy() {
    writeUses();
  }

  private void replace(Tokens more) throws IOException {
    try {
      secure.run();
    } catch (EngineException e) {
      throw new IOException("the database cannot say that it is secured", e);
    }
    TokenFile.write(storage, more);
    tokens = more;
    revocationUnwritten = false;
  }

  /// The same object if nothing was used since the last writing.
  private Tokens withUses(Tokens known) {
    Tokens result = known;
    for (Map.Entry<String, Long> use : uses.entrySet()) {
      Token token = result.find(use.getKey());
      Instant moment = Instant.ofEpochSecond(use.getValue());
      if (token != null && !moment.equals(token.lastUsedAt())) {
        result = result.with(token.usedAt(moment));
      }
    }
    return result;
  }
}
