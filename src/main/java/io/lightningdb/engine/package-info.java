/// The embedded storage engine: ordered byte keys, snapshots, atomic batches, durable by a write-ahead log.
///
/// Start at [io.lightningdb.engine.Database]. Everything public in this package is the engine's API; the packages below
/// it are its parts and are not meant to be called from outside. All classes here are thread-safe unless they say
/// otherwise. Failures are subtypes of [io.lightningdb.engine.EngineException]; mistakes of the caller are
/// `IllegalArgumentException` and `NullPointerException`.
@NullMarked
package io.lightningdb.engine;

import org.jspecify.annotations.NullMarked;
