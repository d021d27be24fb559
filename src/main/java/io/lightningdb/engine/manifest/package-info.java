/// The durable state of the database as a whole: which keyspaces there are, which runs each has, and where the log
/// starts.
///
/// [io.lightningdb.engine.manifest.Version] is that state, immutable; [io.lightningdb.engine.manifest.VersionEdit]
/// changes it; [io.lightningdb.engine.manifest.Manifest] makes each change durable before anybody sees it.
@NullMarked
package io.lightningdb.engine.manifest;

import org.jspecify.annotations.NullMarked;
