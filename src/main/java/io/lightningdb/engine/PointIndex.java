package io.lightningdb.engine;

/// Whether runs carry a hash index for single keys beside their ordered index.
public enum PointIndex {
  /// Five to eight bytes a key, memory-mapped; a get touches one cache line of it and one leaf, and absent keys touch
  /// no leaf.
  HASH,
  /// No extra space: gets search the ordered index.
  NONE
}
