package io.lightningdb.engine.run;

import io.lightningdb.engine.io.ReadAdvice;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The mapping of a run. *Thread-safe.* It is read at random: whoever reads on from one place asks for what comes next, by a
/// [ReadAhead] of his own.
///
/// @param storage where the file is
/// @param memory the whole file
record RunMapping(Storage storage, MemorySegment memory) {
  // Linux takes no notice of what is longer than both the longest request that the device takes and
  // its read-ahead, which is 128 KiB where nothing else was set.
  private static final long ASKED_BYTES_MAX = 128 << 10;

  /// Maps a run.
  ///
  /// @param arena decides how long the mapping lives
  static RunMapping of(Storage storage, String name, Arena arena) throws IOException {
    MemorySegment memory = storage.map(name, arena);
    storage.advise(memory, 0, memory.byteSize(), ReadAdvice.RANDOM);
    return new RunMapping(storage, memory);
  }

  long bytes() {
    return memory.byteSize();
  }

  /// Tells whether a part lies inside the file.
  boolean contains(long position, long bytes) {
    return position >= 0 && bytes >= 0 && position <= bytes() && bytes <= bytes() - position;
  }

  /// Has a part read in the background. A part that does not lie inside the file is not asked for; its reader finds out.
  void askFor(long position, long bytes) {
    if (!contains(position, bytes)) {
      return;
    }
    long end = position + bytes;
    for (long from = position; from < end; ) {
      // No piece touches more pages than an aligned one of its length.
      long to = Math.min(end, (from / ASKED_BYTES_MAX + 1) * ASKED_BYTES_MAX);
      storage.advise(memory, from, to - from, ReadAdvice.SOON);
      from = to;
    }
  }
}
