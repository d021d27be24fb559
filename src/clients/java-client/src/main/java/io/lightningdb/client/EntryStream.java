package io.lightningdb.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Entries as they arrive, all read at one snapshot: never more than a few are in memory. <em>Not thread-safe.</em>
 *
 * <p>It ends where the range ends. What is cut off on its way never looks like an end: {@link #hasNext()} throws then, and what was read
 * before stays true. Closing it early gives its connection up, and the snapshot that it reads; close it in any case.
 */
public final class EntryStream implements Iterator<Entry>, AutoCloseable {
  private static final int LINE_BYTES_MAX = 64 << 20;

  private final String call;
  private final InputStream body;
  private final Lines lines;
  private Entry next;
  private long count;
  private boolean ended;

  EntryStream(String call, InputStream body) {
    this.call = call;
    this.body = body;
    this.lines = new Lines(body, LINE_BYTES_MAX);
  }

  /**
   * Tells whether there is another entry, and waits for it.
   *
   * @return whether there is
   * @throws ProblemException if the service could not go on
   * @throws ConnectionException if the stream was cut, or the service fell silent
   */
  @Override
  public boolean hasNext() {
    if (next == null && !ended) {
      next = read();
      ended = next == null;
    }
    return next != null;
  }

  private Entry read() {
    byte[] line;
    try {
      line = lines.next();
    } catch (IOException e) {
      close();
      throw new ConnectionException(
          call + ": cut behind " + count + " entries: " + e.getMessage(), false, e);
    }
    if (line == null) {
      close();
      return null;
    }
    EntryReader.Item item = EntryReader.line(line);
    if (item.problem() != null) {
      close();
      throw ProblemException.of(item.problem());
    }
    count++;
    return item.entry();
  }

  @Override
  public Entry next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Entry entry = next;
    next = null;
    return entry;
  }

  /**
   * The entries as a stream, which closes this when it is closed.
   *
   * @return a sequential stream, for one use
   */
  public Stream<Entry> stream() {
    int traits = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, traits), false)
        .onClose(this::close);
  }

  /** Gives up what is still to come. */
  @Override
  public void close() {
    ended = true;
    try {
      body.close();
    } catch (IOException e) {
      // There is nothing that the caller could lose.
    }
  }
}
