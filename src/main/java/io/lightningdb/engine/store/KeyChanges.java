package io.lightningdb.engine.store;

import java.util.List;

/// Changes of one key. Immutable.
///
/// @param changes the newest first
/// @param historyFloor from which version on every moment can be read in full
/// @param more whether there are older ones that are told
public record KeyChanges(List<KeyChange> changes, long historyFloor, boolean more) {

  /// Copies the list.
  public KeyChanges {
    changes = List.copyOf(changes);
  }
}
