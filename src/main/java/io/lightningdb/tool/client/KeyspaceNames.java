package io.lightningdb.tool.client;

import java.util.Collections;
import java.util.Iterator;

/// Marks options and parameters that name a keyspace. The shell asks the service for the names; a completion script has
/// none.
final class KeyspaceNames implements Iterable<String> {
  /// Called by picocli.
  KeyspaceNames() {}

  @Override
  public Iterator<String> iterator() {
    return Collections.emptyIterator();
  }
}
