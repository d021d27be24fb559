/// Lightning DB: an ordered, durable key-value database that speaks HTTP.
///
/// This package holds the entry point of the one jar and nothing else. Below it, folders are layers and imports go
/// down only:
///
/// - `server`: the HTTP service, the only place besides this one that knows Spring;
/// - `tool`: command-line tools that work on a data directory offline;
/// - `engine`: the storage engine, which needs neither of them.
///
/// Nothing here is called by other packages; [LightningDbApplication#main] is called by the JVM, once, on its main
/// thread.
@NullMarked
package io.lightningdb;

import org.jspecify.annotations.NullMarked;
