/// The HTTP service over the engine: Spring Boot, thin, without storage logic.
///
/// Each feature has a package of its own: `keyvalue` (entries, ranges, batches, import and export), `keyspace`,
/// `admin`, `backup`, `operation`, `health`, `metrics`, `trace`, `openapi`. Requests pass `security` before anything
/// else. They share `web` (what every request goes through), `problem` (what every error becomes) and `settings`. This
/// package opens the database and hands it to them.
///
/// Called by Spring and by [io.lightningdb.LightningDbApplication] only. Requests run on virtual threads; every class
/// here and below is thread-safe unless it says otherwise.
@NullMarked
package io.lightningdb.server;

import org.jspecify.annotations.NullMarked;
