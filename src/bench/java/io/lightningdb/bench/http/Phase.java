package io.lightningdb.bench.http;

import java.util.Locale;

/// A phase of load: which requests, over how many connections, and until when. It is written as a line, for the generator is asked by
/// lines.
///
/// @param workload which requests
/// @param connections how many, each with one request under way
/// @param seconds after which no more requests are sent
/// @param order which entries they are about
public record Phase(Workload workload, int connections, double seconds, Order order) {

  /// Which entries requests are about.
  public enum Order {
    /// Any, all equally likely.
    UNIFORM,

    /// Each once, in sequence.
    ALL
  }

  /// As a line.
  ///
  /// @return what [#parse] reads
  public String toLine() {
    return "%s %d %s %s".formatted(workload.name(), connections, seconds, order.name());
  }

  /// Reads a line.
  ///
  /// @param line what [#toLine] wrote
  /// @return the phase
  public static Phase parse(String line) {
    String[] words = line.toUpperCase(Locale.ROOT).split(" ", -1);
    return new Phase(
        Workload.valueOf(words[0]),
        Integer.parseInt(words[1]),
        Double.parseDouble(words[2]),
        Order.valueOf(words[3]));
  }
}
