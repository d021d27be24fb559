package io.lightningdb.engine.history;

/// Why one transaction has to come before another.
enum Dependency {
  /// It wrote the version that the other replaced.
  WRITE_WRITE(1),
  /// It wrote the version that the other read.
  WRITE_READ(2),
  /// Its answer came before the other began.
  REAL_TIME(4),
  /// It read the version that the other replaced (an anti-dependency).
  READ_WRITE(8);

  private final int bit;

  Dependency(int bit) {
    this.bit = bit;
  }

  int bit() {
    return bit;
  }

  static int bits(Dependency... dependencies) {
    int bits = 0;
    for (Dependency dependency : dependencies) {
      bits |= dependency.bit();
    }
    return bits;
  }
}
