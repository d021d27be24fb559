package io.lightningdb.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer as it arrives: at most two pieces of it are held, and a service that falls silent is not waited for longer than a
 * bound. Closing it early gives the connection up. Read by one thread; closed by any.
 */
final class AnswerStream extends InputStream implements HttpResponse.BodySubscriber<AnswerStream> {
  private static final List<ByteBuffer> END = List.of();

  // One piece is asked for at a time, and the end.
  private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
  private final Duration silenceMax;
  private volatile Flow.Subscription subscription;
  private volatile Throwable failure;
  private volatile boolean closed;
  private Iterator<ByteBuffer> pieces = END.iterator();
  private ByteBuffer piece = ByteBuffer.allocate(0);
  private boolean ended;

  AnswerStream(Duration silenceMax) {
    this.silenceMax = silenceMax;
  }

  @Override
  public CompletionStage<AnswerStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    if (closed) {
      subscription.cancel();
    } else {
      subscription.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (buffers.isEmpty()) {
      subscription.request(1);
    } else {
      arrived.add(buffers);
    }
  }

  @Override
  public void onError(Throwable throwable) {
    failure = throwable;
    arrived.add(END);
  }

  @Override
  public void onComplete() {
    arrived.add(END);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!piece.hasRemaining()) {
      if (pieces.hasNext()) {
        piece = pieces.next();
      } else if (!take()) {
        return -1;
      }
    }
    int count = Math.min(length, piece.remaining());
    piece.get(bytes, offset, count);
    return count;
  }

  private boolean take() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (ended) {
      return false;
    }
    List<ByteBuffer> next;
    try {
      next = arrived.poll(silenceMax.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (next == null) {
      close();
      throw new HttpTimeoutException("nothing came for " + silenceMax);
    }
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (next == END) {
      if (failure != null) {
        throw new IOException("the answer broke off", failure);
      }
      ended = true;
      return false;
    }
    pieces = next.iterator();
    subscription.request(1);
    return true;
  }

  @Override
  public void close() {
    closed = true;
    Flow.Subscription begun = subscription;
    if (begun != null && !ended) {
      begun.cancel();
    }
    arrived.add(END);
  }
}
