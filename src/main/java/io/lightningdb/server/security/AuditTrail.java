package io.lightningdb.server.security;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.cache.MemoryAccount;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/// The last lines of the audit log, in memory. *Thread-safe.*
///
/// What was done and what was refused is kept apart, so that refusals, which anybody can cause, never take the place of what was done.
/// Lines from before the start are where the log is.
@Component
final class AuditTrail implements DisposableBean {
  /// Most lines of what was done, and as many of what was refused.
  static final int EVENTS_MAX = 1000;

  private final MemoryAccount account;
  private final Instant since;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`; the newest first.
  private final Deque<AuditEvent> done = new ArrayDeque<>();
  private final Deque<AuditEvent> refused = new ArrayDeque<>();
  private long lastNumber;
  private long bytes;

  /// Called by Spring.
  ///
  /// @param database pays for the lines, and tells the time
  @Autowired
  AuditTrail(Database database) {
    this(database.memoryAccount(), database.instant());
  }

  /// Begins without lines.
  ///
  /// @param account pays for them
  /// @param since when the service was started
  AuditTrail(MemoryAccount account, Instant since) {
    this.account = account;
    this.since = since;
  }

  /// What kind of line it is.
  enum Kind {
    /// Something was done, or tried by a caller that may.
    DONE,
    /// Something was refused.
    REFUSED
  }

  /// From when on lines are kept.
  ///
  /// @return the start of the service
  Instant since() {
    return since;
  }

  /// Makes a line of its number.
  @FunctionalInterface
  interface Line {
    /// Makes it.
    ///
    /// @param number of the line
    /// @return the line
    AuditEvent of(long number);
  }

  /// Keeps a line.
  ///
  /// @param kind which of the oldest goes for it
  /// @param line what to keep
  void add(Kind kind, Line line) {
    long charged;
    lock.lock();
    try {
      AuditEvent event = line.of(++lastNumber);
      Deque<AuditEvent> events = kind == Kind.DONE ? done : refused;
      events.addFirst(event);
      charged = event.heapBytes();
      if (events.size() > EVENTS_MAX) {
        charged -= events.removeLast().heapBytes();
      }
      bytes += charged;
    } finally {
      lock.unlock();
    }
    account.charge(charged);
  }

  /// Some lines.
  ///
  /// @param events the newest first
  /// @param next number before which the next ones are, or null if there are no more
  record Page(List<AuditEvent> events, @Nullable Long next) {}

  /// Reads lines.
  ///
  /// @param before only those with a smaller number
  /// @param limit most lines
  /// @return the newest of them
  Page read(long before, int limit) {
    lock.lock();
    try {
      List<AuditEvent> events = new ArrayList<>();
      Iterator<AuditEvent> ofDone = done.iterator();
      Iterator<AuditEvent> ofRefused = refused.iterator();
      AuditEvent first = next(ofDone, before);
      AuditEvent second = next(ofRefused, before);
      while (first != null || second != null) {
        boolean takesFirst = second == null || (first != null && first.number() > second.number());
        AuditEvent newest = takesFirst ? first : second;
        if (events.size() == limit) {
          return new Page(events, events.getLast().number());
        }
        if (newest != null) {
          events.add(newest);
        }
        first = takesFirst ? next(ofDone, before) : first;
        second = takesFirst ? second : next(ofRefused, before);
      }
      return new Page(events, null);
    } finally {
      lock.unlock();
    }
  }

  private static @Nullable AuditEvent next(Iterator<AuditEvent> events, long before) {
    while (events.hasNext()) {
      AuditEvent event = events.next();
      if (event.number() < before) {
        return event;
      }
    }
    return null;
  }

  @Override
  public void destroy() {
    lock.lock();
    try {
      account.charge(-bytes);
      bytes = 0;
      done.clear();
      refused.clear();
    } finally {
      lock.unlock();
    }
  }
}
