package io.lightningdb.planted.engine.format;

import io.lightningdb.engine.io.Storage;
import io.lightningdb.planted.engine.run.PlantedRun;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.springframework.core.io.Resource;

/// Breaks, on purpose: the direction of imports, the engine's independence of Spring, the seams to
/// disk and time, the rules for mapped memory, and the rule for names. Its package has no package-info.java.
public final class PlantedUtil {

  static final LongSupplier CLOCK = System::nanoTime;

  private PlantedUtil() {}

  static boolean exists(Path path) {
    return Files.exists(path);
  }

  static int sum(MemorySegment memory) {
    try {
      return memory.asByteBuffer().get();
    } catch (InternalError _) {
      return 0;
    }
  }

  static MemorySegment map(Storage storage, Arena arena) throws IOException {
    return storage.map("any", arena);
  }

  static boolean exists(Resource resource) {
    return PlantedRun.exists(resource.exists());
  }
}
