package io.lightningdb.bench.http;

import io.lightningdb.bench.workload.Measurement.Latency;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/// Runs a phase of load in the calling thread.
///
/// The clock of a request starts before its first byte is written and stops when its last byte is read and before it is checked. With
/// many connections that includes the time that an answer waits for the generator, which is little as long as that is idle most of
/// the time. A connection sends the next request as soon as it has its answer, so load gives way to a slow server: percentiles tell what a
/// client of that many waited, not what would be seen at a fixed rate.
final class LoadLoop {
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int REQUEST_BYTES_MAX = 64 * 1024;
  private static final long SILENCE_MILLIS_MAX = 60_000;

  private final Exchange exchange;
  private final LongSupplier numbers;
  private final Histogram latency = new Histogram(SIGNIFICANT_DIGITS);
  private long endNanos;
  private long requests;
  private int waiting;

  /// @param exchange what to ask
  /// @param numbers which entries to ask about; a negative one is the end
  private LoadLoop(Exchange exchange, LongSupplier numbers) {
    this.exchange = exchange;
    this.numbers = numbers;
  }

  /// Runs a phase.
  ///
  /// @param port of the server, on the loopback address
  /// @param phase how much
  /// @param exchange what to ask
  /// @param numbers which entries to ask about; a negative one is the end
  /// @return what it came to
  /// @throws IOException if a connection breaks, a server says nothing for a minute, or an answer is wrong
  static Load run(int port, Phase phase, Exchange exchange, LongSupplier numbers)
      throws IOException {
    return new LoadLoop(exchange, numbers).run(port, phase);
  }

  private Load run(int port, Phase phase) throws IOException {
    try (Selector selector = Selector.open()) {
      try {
        for (int i = 0; i < phase.connections(); i++) {
          connect(port).register(selector, SelectionKey.OP_READ, new Connection());
        }
        long start = System.nanoTime();
        endNanos = start + (long) (phase.seconds() * NANOS_PER_SECOND);
        for (SelectionKey key : selector.keys()) {
          send(key);
        }
        while (waiting > 0) {
          if (selector.select(this::advance, SILENCE_MILLIS_MAX) == 0) {
            throw new IOException("no answer for " + SILENCE_MILLIS_MAX + " ms");
          }
        }
        return load(phase, (System.nanoTime() - start) / NANOS_PER_SECOND);
      } finally {
        for (SelectionKey key : selector.keys()) {
          key.channel().close();
        }
      }
    }
  }

  private static SocketChannel connect(int port) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    return channel;
  }

  /// A connection, and the request that is under way.
  private static final class Connection {
    final ByteBuffer own = ByteBuffer.allocateDirect(REQUEST_BYTES_MAX);
    final Answer answer = new Answer();
    ByteBuffer request = own;
    long number;
    long startNanos;
  }

  private void advance(SelectionKey key) {
    try {
      if (key.isWritable()) {
        write(key);
      }
      if (key.isReadable()) {
        read(key);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void send(SelectionKey key) throws IOException {
    Connection connection = (Connection) key.attachment();
    long now = System.nanoTime();
    long number = now - endNanos < 0 ? numbers.getAsLong() : -1;
    if (number < 0) {
      return;
    }
    connection.number = number;
    connection.request = exchange.request(connection.own.clear(), number);
    connection.answer.clear();
    connection.startNanos = now;
    waiting++;
    write(key);
  }

  private static void write(SelectionKey key) throws IOException {
    Connection connection = (Connection) key.attachment();
    ((SocketChannel) key.channel()).write(connection.request);
    int interest =
        connection.request.hasRemaining()
            ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
            : SelectionKey.OP_READ;
    if (key.interestOps() != interest) {
      key.interestOps(interest);
    }
  }

  private void read(SelectionKey key) throws IOException {
    Connection connection = (Connection) key.attachment();
    Answer answer = connection.answer;
    if (((SocketChannel) key.channel()).read(answer.space()) < 0) {
      throw new IOException("the server has closed a connection after: " + answer);
    }
    if (answer.isComplete()) {
      latency.recordValue(System.nanoTime() - connection.startNanos);
      if (!exchange.isRight(answer, connection.number)) {
        throw new IOException("wrong answer for entry " + connection.number + ": " + answer);
      }
      requests++;
      waiting--;
      send(key);
    }
  }

  private Load load(Phase phase, double seconds) {
    Latency percentiles =
        new Latency(
            latency.getValueAtPercentile(50) / NANOS_PER_MICRO,
            latency.getValueAtPercentile(99) / NANOS_PER_MICRO,
            latency.getValueAtPercentile(99.9) / NANOS_PER_MICRO,
            latency.getMaxValue() / NANOS_PER_MICRO);
    return new Load(requests, requests * phase.workload().units(), seconds, percentiles);
  }
}
