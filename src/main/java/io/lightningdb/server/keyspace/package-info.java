/// Keyspaces over HTTP: list, look at, create, change, drop.
@NullMarked
package io.lightningdb.server.keyspace;

import org.jspecify.annotations.NullMarked;
