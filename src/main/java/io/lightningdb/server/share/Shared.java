package io.lightningdb.server.share;

/// What callers share. The word of each stands in metrics.
public enum Shared {
  /// Open transactions.
  TRANSACTIONS("transactions", "open transactions"),
  /// What they keep, in bytes.
  TRANSACTION_BYTES("transaction-bytes", "bytes of transactions"),
  /// Lists that rest between two pages.
  CURSORS("cursors", "lists between two pages"),
  /// Answers that are kept for an `Idempotency-Key`, in bytes.
  IDEMPOTENCY_BYTES("idempotency-bytes", "bytes of answers kept for an Idempotency-Key"),
  /// Operations that run.
  OPERATIONS("operations", "operations that run"),
  /// Requests that are served.
  REQUESTS_ACTIVE("requests-active", "requests served at a time"),
  /// Requests that wait until they are.
  REQUESTS_QUEUED("requests-queued", "requests that wait");

  private final String word;
  private final String words;

  Shared(String word, String words) {
    this.word = word;
    this.words = words;
  }

  /// What it is, for people.
  ///
  /// @return a phrase in the plural
  public String words() {
    return words;
  }

  /// The name of it in `GET /v1/limits`.
  ///
  /// @return the word, in one piece
  public String member() {
    int hyphen = word.indexOf('-');
    return hyphen < 0
        ? word
        : word.substring(0, hyphen)
            + Character.toUpperCase(word.charAt(hyphen + 1))
            + word.substring(hyphen + 2);
  }

  /// The word for it.
  ///
  /// @return in lower case, with hyphens
  public String word() {
    return word;
  }
}
