package io.lightningdb.bench.store;

/// Takes the entries of a scan, and uses of each so much that no compiler can leave out the copying.
///
/// One class on purpose: a call that every store makes in its innermost loop is to be the same for all of them.
public final class EntrySink {
  private long sum;

  /// Takes an entry.
  ///
  /// @param key holds the key
  /// @param value holds the value from index 0
  /// @param valueLength its length, at least 1
  public void accept(byte[] key, byte[] value, int valueLength) {
    sum += key[key.length - 1] + value[0] + value[valueLength - 1] + valueLength;
  }

  /// A figure made of all entries.
  ///
  /// @return the same for the same entries
  public long sum() {
    return sum;
  }
}
