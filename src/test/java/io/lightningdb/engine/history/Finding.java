package io.lightningdb.engine.history;

/// An anomaly, and where it shows.
///
/// @param anomaly what
/// @param evidence the transactions, in words
record Finding(Anomaly anomaly, String evidence) {}
