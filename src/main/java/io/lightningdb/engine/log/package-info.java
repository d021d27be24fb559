/// The write-ahead log: every commit goes through it before anybody can see it.
///
/// [io.lightningdb.engine.log.LogWriter] appends and syncs, [io.lightningdb.engine.log.LogScan] reads commits
/// back and decides where the log ends and what is damage, [io.lightningdb.engine.log.LogRepair] cuts an unfinished
/// end. The caller holds the sequencer's lock while it appends; syncing takes no lock of the engine.
@NullMarked
package io.lightningdb.engine.log;

import org.jspecify.annotations.NullMarked;
