/// The one way in: every commit passes through [io.lightningdb.engine.commit.CommitPipeline], which gives it its place in
/// the order. [io.lightningdb.engine.commit.SnapshotRegistry] knows which moments are still read.
@NullMarked
package io.lightningdb.engine.commit;

import org.jspecify.annotations.NullMarked;
