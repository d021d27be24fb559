package io.lightningdb.tool;

import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Shows a lock file.
final class LockDump {
  private static final int PID_BYTES_MAX = 20;

  private LockDump() {}

  static void print(Storage storage, String name, DumpOutput out) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment file = storage.map(name, arena);
      out.title(name + ", " + Text.bytes(file.byteSize()) + ": lock file");
      byte[] start =
          file.asSlice(0, Math.min(file.byteSize(), PID_BYTES_MAX)).toArray(ValueLayout.JAVA_BYTE);
      String pid = new String(start, StandardCharsets.ISO_8859_1);
      if (file.byteSize() < PID_BYTES_MAX && pid.matches("[0-9]+")) {
        out.at(0, "last locked by the process with pid " + pid);
      } else {
        out.damage(0, "there is no process id, but " + Text.of(start));
      }
    }
  }
}
