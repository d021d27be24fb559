package io.lightningdb.bench.http;

import io.lightningdb.bench.workload.Measurement.Latency;

/// What one phase of load came to.
///
/// @param requests answered
/// @param units entries or requests, whichever the workload counts
/// @param seconds from the first request to the last answer
/// @param latency of single requests
public record Load(long requests, long units, double seconds, Latency latency) {}
