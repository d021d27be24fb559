/// The servers that the benchmark over HTTP asks, each a process of its own with a fresh directory.
///
/// [io.lightningdb.bench.server.Server] starts them, the service from the classes of the built jar and the others with the same
/// libraries. [io.lightningdb.bench.server.Probe] runs inside those that are JVMs, and tells what they have allocated.
@NullMarked
package io.lightningdb.bench.server;

import org.jspecify.annotations.NullMarked;
