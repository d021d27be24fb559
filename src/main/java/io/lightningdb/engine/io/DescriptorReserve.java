package io.lightningdb.engine.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/// Descriptors that this process keeps open for its databases, so that connections and other users of the process
/// cannot take the last ones: when the system refuses to open a file of a database, some are closed, and the file is
/// opened in their place. *Thread-safe.*
///
/// They are opened again as soon as the system lets them. Held while a database is open.
final class DescriptorReserve {
  /// How many are kept: a log segment and a run that is written take two each, and the log has nine segments before
  /// memtables are flushed for it; the directory and mappings take one for a moment.
  static final int KEPT = 32;

  // The most that one call opens.
  private static final int TAKEN_AT_A_TIME = 3;

  private static final DescriptorReserve OF_PROCESS = new DescriptorReserve();

  // Guarded by `this`.
  private final Deque<FileChannel> kept = new ArrayDeque<>();
  private int users;
  private Path any = Path.of(".");

  // Read without a lock at each opening of a file.
  private volatile boolean missing;

  private DescriptorReserve() {}

  /// Keeps them until the last user has ended.
  ///
  /// @param directory an existing directory, which is what they are opened on
  /// @return ends the use
  static Closeable use(Path directory) {
    OF_PROCESS.begin(directory);
    return OF_PROCESS::end;
  }

  private synchronized void begin(Path directory) {
    Refusals.prepare();
    users++;
    any = directory;
    refill();
  }

  private synchronized void end() {
    users--;
    while (users == 0 && !kept.isEmpty()) {
      close(kept.pop());
    }
  }

  /// Opens something.
  @FunctionalInterface
  interface Opening<T> {
    T open() throws IOException;
  }

  /// Opens something, if need be in place of kept descriptors.
  ///
  /// @param opening opens it, and leaves nothing behind if it is refused; may be called twice
  /// @return what it returns
  /// @throws ResourceExhaustedException if the system refuses it all the same
  /// @throws IOException as it does
  static <T> T open(Opening<T> opening) throws IOException {
    try {
      T opened = opening.open();
      OF_PROCESS.refillIfShort();
      return opened;
    } catch (IOException e) {
      IOException refusal = Refusals.of(e);
      if (refusal instanceof ResourceExhaustedException exhausted
          && exhausted.resource() == ResourceExhaustedException.Resource.DESCRIPTORS
          && OF_PROCESS.give()) {
        return openInPlace(opening);
      }
      throw refusal;
    }
  }

  private static <T> T openInPlace(Opening<T> opening) throws IOException {
    try {
      return opening.open();
    } catch (IOException e) {
      throw Refusals.of(e);
    } finally {
      OF_PROCESS.refillIfShort();
    }
  }

  /// Closes some.
  ///
  /// @return false if there are none
  private synchronized boolean give() {
    int given = 0;
    while (given < TAKEN_AT_A_TIME && !kept.isEmpty()) {
      close(kept.pop());
      given++;
    }
    missing |= given > 0;
    return given > 0;
  }

  private void refillIfShort() {
    if (missing) {
      refill();
    }
  }

  private synchronized void refill() {
    try {
      while (users > 0 && kept.size() < KEPT) {
        kept.push(FileChannel.open(any, StandardOpenOption.READ));
      }
      missing = false;
    } catch (IOException _) {
      // As many as the system lets us have; the next file that is opened tries again.
      missing = true;
    }
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      // A directory that was only read: there is nothing to be lost.
    }
  }
}
