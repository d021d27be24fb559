package io.lightningdb.server.connection;

import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// A connection of a client, which knows what it waits for and how long it may.
///
/// While a request is served, its thread holds the lock of the connection and waits for the network itself; it is the
/// only one that changes anything here. Between requests the poller of the web server waits, and asks for the times.
public final class ClientConnection extends NioEndpoint.NioSocketWrapper {
  private static final String ATTRIBUTE = ClientConnection.class.getName();

  // What was written is seen to be taken in steps; a wait that is longer would not see small ones.
  private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int SLICE_BYTES = 64 * 1024;

  // The least rate of a client while others wait for the memory that its request holds: 16 MB in a
  // minute.
  private static final long WANTED_BYTES_PER_SECOND = 256 * 1024;

  private final ConnectionBounds bounds;
  private final ConnectionEnds ends;
  private final ClientEndpoint endpoint;
  private final InetAddress address;

  private volatile Phase phase = Phase.SILENT;
  // The poller compares moments in milliseconds.
  private volatile long phaseMillis = Clock.SYSTEM.millis();
  private volatile long phaseNanos = Clock.SYSTEM.nanoTime();

  // Confined to the thread that serves a request.
  private Progress body;
  private Progress answer;
  private @Nullable Deadline deadline;
  private @Nullable Runnable whenWaiting;
  private boolean isCut;
  private long waitMillis;

  /// What is under way.
  private enum Phase {
    /// Nothing of a request has come.
    SILENT,
    /// A part of the head of a request has come.
    HEAD,
    /// A request is served.
    SERVED,
    /// A request was served; the end of its answer goes out, and what is left of its body comes in.
    ENDING
  }

  /// One way to read.
  private interface Reading {
    int read(boolean block) throws IOException;
  }

  /// Wraps an accepted connection.
  ///
  /// @param channel its channel
  /// @param endpoint accepted it
  /// @param address of the client
  /// @param bounds what it is held to
  /// @param ends takes why it was closed
  ClientConnection(
      NioChannel channel,
      ClientEndpoint endpoint,
      InetAddress address,
      ConnectionBounds bounds,
      ConnectionEnds ends) {
    super(channel, endpoint);
    this.endpoint = endpoint;
    this.address = address;
    this.bounds = bounds;
    this.ends = ends;
    this.body = new Progress(bounds);
    this.answer = new Progress(bounds);
  }

  /// The connection of a request.
  ///
  /// @param request what was asked
  /// @return null if the request came over another protocol
  public static @Nullable ClientConnection of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof ClientConnection connection
        ? connection
        : null;
  }

  /// Ends waits for the body and the answer of the request that is served with its deadline.
  ///
  /// @param until by when the answer has to be taken
  public void until(Deadline until) {
    deadline = until;
  }

  /// Says what to give up before the request that is served waits for the network.
  ///
  /// @param action runs before such a wait, each time, on the thread of the request; null for nothing
  public void whenWaiting(@Nullable Runnable action) {
    whenWaiting = action;
  }

  /// Begins to serve a request.
  ///
  /// @param request what was asked
  void begin(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
    body = new Progress(bounds);
    answer = new Progress(bounds);
    deadline = null;
    whenWaiting = null;
    isCut = false;
    enter(Phase.SERVED);
  }

  /// Has served the request.
  void end() {
    whenWaiting = null;
    enter(Phase.ENDING);
  }

  private void enter(Phase next) {
    phaseMillis = Clock.SYSTEM.millis();
    phaseNanos = Clock.SYSTEM.nanoTime();
    phase = next;
  }

  /// When it was last heard of.
  ///
  /// @return in nanoseconds of the clock that never jumps
  long quietSinceNanos() {
    return phaseNanos;
  }

  /// Tells whether a request is served.
  ///
  /// @return as of now
  boolean isBusy() {
    return getLock().isLocked();
  }

  /// The address of the client.
  ///
  /// @return as it connected
  InetAddress address() {
    return address;
  }

  /// Closes the connection unless a request is served, or about to be.
  ///
  /// @return whether it was closed
  boolean closeIfIdle() {
    ReentrantLock lock = getLock();
    if (!interestOpsHas(SelectionKey.OP_READ) || !lock.tryLock()) {
      return false;
    }
    try {
      if (isClosed()) {
        return false;
      }
      close();
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  protected void doClose() {
    super.doClose();
    endpoint.forget(address);
  }

  @Override
  public long getLastRead() {
    return switch (phase) {
      case SILENT -> super.getLastRead();
      // Each byte of a head would else begin its time anew.
      case HEAD -> phaseMillis;
      // The thread of the request waits itself.
      case SERVED, ENDING -> isBusy() ? Clock.SYSTEM.millis() : super.getLastRead();
    };
  }

  @Override
  public long getLastWrite() {
    return isBusy() ? Clock.SYSTEM.millis() : super.getLastWrite();
  }

  @Override
  public long getReadTimeout() {
    if (waitMillis > 0) {
      return waitMillis;
    }
    return phase == Phase.HEAD
        ? Math.min(super.getReadTimeout(), bounds.slowAfter().toMillis())
        : super.getReadTimeout();
  }

  @Override
  public long getWriteTimeout() {
    return waitMillis > 0
        ? Math.clamp(millis(answerNanos()), 1, waitMillis)
        : super.getWriteTimeout();
  }

  @Override
  public void setError(IOException error) {
    if (error instanceof SocketTimeoutException && phase == Phase.HEAD) {
      countSlowHead();
    }
    super.setError(error);
  }

  @Override
  public int read(boolean block, byte[] bytes, int offset, int length) throws IOException {
    return read(block, blocking -> super.read(blocking, bytes, offset, length));
  }

  @Override
  public int read(boolean block, ByteBuffer to) throws IOException {
    return read(block, blocking -> super.read(blocking, to));
  }

  private int read(boolean block, Reading reading) throws IOException {
    if (!block) {
      int count = reading.read(false);
      if (phase == Phase.ENDING || phase == Phase.SILENT) {
        enter(count > 0 ? Phase.HEAD : Phase.SILENT);
      }
      endIfSlowHead();
      return count;
    }
    if (isCut) {
      throw new IOException("The rest of the body is not read any more");
    }
    endIfUnread();
    int count = reading.read(false);
    return count == 0 ? await(reading) : count;
  }

  private int await(Reading reading) throws IOException {
    giveUp();
    while (true) {
      long start = Clock.SYSTEM.nanoTime();
      int count = 0;
      long asked = Math.max(1, millis(bodyNanos()));
      waitMillis = asked;
      try {
        count = reading.read(true);
      } catch (SocketTimeoutException _) {
        // What it means is found out below. It may have come while the service itself stood still.
        count = reading.read(false);
      } finally {
        waitMillis = 0;
      }
      boolean fast = count(body, asked, start, count);
      endIfUnread();
      if (count == 0) {
        endIfLate();
      }
      if (!fast) {
        throw endOfBody(
            ConnectionEnd.SLOW_BODY,
            Problem.of(
                ProblemType.BODY_TOO_SLOW,
                "Less than %d bytes of the body came within %s."
                    .formatted(bounds.bytesMin(), bounds.slowAfter())));
      }
      if (isTooSlowForOthers(body)) {
        throw endOfBody(
            ConnectionEnd.SLOW_BODY,
            Problem.of(
                ProblemType.BODY_TOO_SLOW,
                "Others wait for the memory that the body takes, and less than %d bytes of it came in a second."
                    .formatted(WANTED_BYTES_PER_SECOND)));
      }
      if (count > 0) {
        return count;
      }
    }
  }

  private static boolean isTooSlowForOthers(Progress progress) {
    MemoryLease lease = MemoryLease.current();
    return lease != null
        && progress.isSlowerThan(WANTED_BYTES_PER_SECOND)
        && lease.isWantedByOthers();
  }

  /// How long the next wait for a body may be.
  private long bodyNanos() {
    long left = Math.min(LOOK_NANOS, body.leftNanos());
    if (phase == Phase.ENDING) {
      return Math.min(left, TimeUnit.MILLISECONDS.toNanos(unreadMillis()));
    }
    return deadline == null ? left : Math.min(left, deadline.remainingNanos());
  }

  /// How long the next wait for an answer may be.
  private long answerNanos() {
    long left = Math.min(LOOK_NANOS, answer.leftNanos());
    return deadline == null ? left : Math.min(left, deadline.remainingNanos());
  }

  /// How much longer a body is read that nothing asks for.
  private long unreadMillis() {
    return bounds.slowAfter().minusNanos(Clock.SYSTEM.nanoTime() - phaseNanos).toMillis();
  }

  /// The poller looks at times after it has handled what is readable, when a connection over which a byte has just come
  /// is not its own.
  private void endIfSlowHead() throws IOException {
    if (phase == Phase.HEAD
        && Clock.SYSTEM.nanoTime() - phaseNanos > bounds.slowAfter().toNanos()) {
      throw new IOException(countSlowHead());
    }
  }

  private String countSlowHead() {
    String what = "The head of a request was not complete in time.";
    count(ConnectionEnd.SLOW_HEAD, what);
    return what;
  }

  private void endIfUnread() throws IOException {
    if (phase == Phase.ENDING && unreadMillis() <= 0) {
      isCut = true;
      String what = "The rest of a body that was not read did not end in time.";
      count(ConnectionEnd.UNREAD_BODY, what);
      throw new IOException(what);
    }
  }

  private void endIfLate() throws IOException {
    if (phase == Phase.SERVED && deadline != null && deadline.isPast()) {
      throw endOfBody(
          ConnectionEnd.DEADLINE,
          Problem.of(
              ProblemType.DEADLINE_EXCEEDED,
              "The body had not come within the deadline of %s.".formatted(deadline.timeout())));
    }
  }

  /// Ends the wait for a body with a problem, which is an exception that the web server does not take for a client that
  /// is gone: it can be answered.
  private RuntimeException endOfBody(ConnectionEnd end, Problem problem) throws IOException {
    isCut = true;
    count(end, problem.detail());
    if (phase != Phase.SERVED) {
      throw new IOException(problem.detail());
    }
    return problem.withHeader(HttpHeaders.CONNECTION, "close").asException();
  }

  @Override
  protected void doWrite(boolean block, ByteBuffer buffer) throws IOException {
    if (!block || previousIOException != null) {
      super.doWrite(block, buffer);
      return;
    }
    super.doWrite(false, buffer);
    if (isWritten(buffer)) {
      return;
    }
    giveUp();
    int end = buffer.limit();
    while (!isWritten(buffer)) {
      int from = buffer.position();
      buffer.limit(Math.min(end, from + SLICE_BYTES));
      boolean fast = writeSlice(buffer, from);
      buffer.limit(end);
      if (deadline != null && deadline.isPast() && !isWritten(buffer)) {
        throw endOfAnswer(
            ConnectionEnd.DEADLINE,
            "The deadline of a request passed before its answer was taken.");
      }
      if (!fast) {
        throw endOfAnswer(
            ConnectionEnd.SLOW_RESPONSE,
            "Less than %d bytes of an answer were taken within %s."
                .formatted(bounds.bytesMin(), bounds.slowAfter()));
      }
      if (isTooSlowForOthers(answer)) {
        throw endOfAnswer(
            ConnectionEnd.SLOW_RESPONSE,
            "Others waited for the memory of an answer of which less than %d bytes were taken in a second."
                .formatted(WANTED_BYTES_PER_SECOND));
      }
    }
  }

  private boolean writeSlice(ByteBuffer slice, int from) throws IOException {
    long start = Clock.SYSTEM.nanoTime();
    long asked = Math.max(1, millis(answerNanos()));
    waitMillis = asked;
    try {
      super.doWrite(true, slice);
    } catch (SocketTimeoutException _) {
      // Not the end: the rest is tried again until it is too late or too slow. Some may have been
      // taken while the service itself stood still.
      previousIOException = null;
      super.doWrite(false, slice);
    } finally {
      waitMillis = 0;
    }
    return count(answer, asked, start, slice.position() - from);
  }

  private static boolean count(Progress progress, long askedMillis, long start, long moved) {
    long asked = TimeUnit.MILLISECONDS.toNanos(askedMillis);
    return progress.add(asked, Clock.SYSTEM.nanoTime() - start, moved);
  }

  private boolean isWritten(ByteBuffer buffer) {
    return !buffer.hasRemaining() && getSocket().getOutboundRemaining() == 0;
  }

  private IOException endOfAnswer(ConnectionEnd end, String what) {
    isCut = true;
    count(end, what);
    previousIOException = new IOException(what);
    return previousIOException;
  }

  private void giveUp() {
    if (whenWaiting != null) {
      whenWaiting.run();
    }
  }

  private void count(ConnectionEnd end, String what) {
    ends.add(end, address.getHostAddress(), what);
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1);
  }
}
