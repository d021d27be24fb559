package io.lightningdb.bench.workload;

/// What one workload did in one store, in one round.
///
/// @param workload its name
/// @param unit what is counted
/// @param units how many
/// @param seconds in which time
/// @param complete false if the time ran out before everything was done
/// @param allocatedBytes allocated on the heap by the measured threads, per unit
/// @param latency of single calls
public record Measurement(
    String workload,
    String unit,
    long units,
    double seconds,
    boolean complete,
    double allocatedBytes,
    Latency latency) {

  /// How long calls took, in microseconds, by the share of calls that took no longer.
  ///
  /// @param p50 half of them
  /// @param p99 99 of 100
  /// @param p999 999 of 1,000
  /// @param max the longest that was timed
  public record Latency(double p50, double p99, double p999, double max) {}

  /// Units per second.
  ///
  /// @return the rate
  public double rate() {
    return units / seconds;
  }
}
