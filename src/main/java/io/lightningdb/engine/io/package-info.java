/// The one seam to the operating system: files, time and background threads.
///
/// Everything above reaches the disk through [io.lightningdb.engine.io.Storage], reads clocks through
/// [io.lightningdb.engine.io.Clock] and starts background work through [io.lightningdb.engine.io.Workers], so that a
/// test can put a simulated disk, a virtual clock and a deterministic schedule in their place. No other package names
/// a file channel, a system clock or a thread.
@NullMarked
package io.lightningdb.engine.io;

import org.jspecify.annotations.NullMarked;
