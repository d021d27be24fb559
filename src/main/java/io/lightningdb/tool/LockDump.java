package io.lightningdb.tool;

import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Shows a lock file.
final class LockDump {
  private static final int PID_BYTES_MAX = 20;

  private LockDump() {}

  static void print(Storage storage, String name, DumpOutput out) throws IOException {
    byte[] file = storage.read(name);
    out.title(name + ", " + Text.bytes(file.length) + ": lock file");
    byte[] start = Arrays.copyOf(file, Math.min(file.length, PID_BYTES_MAX));
    String pid = new String(start, StandardCharsets.ISO_8859_1);
    if (file.length < PID_BYTES_MAX && pid.matches("[0-9]+")) {
      out.at(0, "last locked by the process with pid " + pid);
    } else {
      out.damage(0, "there is no process id, but " + Text.of(start));
    }
  }
}
