package io.lightningdb.engine.history;

import java.util.List;

/// What a transaction did to one key, as its client saw it. Written values and appended elements are never used twice in a
/// history, so that whoever reads one knows who wrote it.
sealed interface Action {
  /// The key.
  String key();

  /// An element was added at the end of a list.
  record Append(String key, long element) implements Action {}

  /// A list was read; an absent one is empty.
  record ReadList(String key, List<Long> elements) implements Action {}

  /// A register was given a value, not 0.
  record Write(String key, long value) implements Action {}

  /// A register was read; an absent one is 0.
  record Read(String key, long value) implements Action {}
}
