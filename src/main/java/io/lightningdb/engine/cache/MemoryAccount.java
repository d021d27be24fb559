package io.lightningdb.engine.cache;

/// Who pays for memory.
@FunctionalInterface
public interface MemoryAccount {
  /// For memory that is paid for elsewhere.
  MemoryAccount NONE = _ -> {};

  /// Takes memory, or gives it back.
  ///
  /// @param bytes what is added; negative for what is given back
  void charge(long bytes);
}
