package io.lightningdb.server.metrics;

import java.util.List;

/// What a metric is told apart by. The values of each are few and known beforehand: a key, a token or the name of a client is never
/// one of them.
public enum Label {
  /// What a request asks for; of these few, so that a histogram of them all is small.
  CALL("call", "get", "write", "range", "batch", "transaction", "administration", "other"),
  /// What writes wait for.
  CAUSE("cause", "flushes", "compactions"),
  /// Why a connection was closed.
  CLOSE_REASON(
      "reason",
      "idle",
      "per-address",
      "all-in-use",
      "slow-head",
      "slow-body",
      "slow-response",
      "deadline",
      "unread-body"),
  /// What a commit has survived when it is acknowledged.
  DURABILITY("durability", "synced", "logged"),
  /// Name of a keyspace. The only label whose values are made by users; `lightning.limits.keyspaces-max` bounds their number.
  KEYSPACE("keyspace"),
  /// What operators have put the service into.
  MODE("mode", "read-write", "read-only", "maintenance"),
  /// Who holds a part of the memory budget.
  PART(
      "part",
      "memtables",
      "cache",
      "transactions",
      "snapshots",
      "service",
      "scans",
      "requests",
      "log",
      "runs",
      "maintenance"),
  /// Who writes, the most urgent first.
  PRIORITY("priority", "user", "flush", "top-level", "rest"),
  /// Why a request was denied.
  DENIAL_REASON(
      "reason",
      "no-credentials",
      "invalid-credentials",
      "provider-unavailable",
      "role",
      "keyspace",
      "path",
      "cross-origin"),
  /// What its client did not send or take to the end.
  ABORTED_PART("part", "body", "response"),
  /// Why a request was refused.
  REFUSAL_REASON("reason", "rate-limited", "queue-full", "queue-wait"),
  /// What callers share.
  SHARED(
      "shared",
      "transactions",
      "transaction-bytes",
      "cursors",
      "idempotency-bytes",
      "operations",
      "requests-active",
      "requests-queued"),
  /// What the system has none left of.
  RESOURCE("resource", "descriptors", "memory", "space"),
  /// What is done with backups.
  WORK("work", "backup", "restore-check", "retention", "catalogue"),
  /// What an open transaction does.
  STATE("state", "running", "waiting");

  private final String word;

  // Made by List.of.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> values;

  Label(String word, String... values) {
    this.word = word;
    this.values = List.of(values);
  }

  /// The name of the label.
  ///
  /// @return as it stands in a scrape
  public String word() {
    return word;
  }

  /// The values there are.
  ///
  /// @return all of them; empty for [#KEYSPACE], whose values come and go
  public List<String> allowed() {
    return values;
  }

  /// Tells whether the label may have a value.
  ///
  /// @param value the value
  /// @return false if it is not one of [#allowed]
  boolean allows(String value) {
    return values.isEmpty() || values.contains(value);
  }
}
