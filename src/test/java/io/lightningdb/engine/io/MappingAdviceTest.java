package io.lightningdb.engine.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Advice changes nothing of what is read.
class MappingAdviceTest {
  private static final int BYTES = (1 << 20) + 17;

  @TempDir private Path directory;

  @Test
  void anyPartCanBeAskedFor() throws IOException {
    byte[] content = new byte[BYTES];
    new Random(7).nextBytes(content);
    DiskStorage storage = new DiskStorage(directory);
    write(storage, content);
    Random random = new Random(8);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment mapping = storage.map("a", arena);
      storage.advise(mapping, 0, BYTES, ReadAdvice.RANDOM);
      for (int i = 0; i < 1000; i++) {
        int position = random.nextInt(BYTES + 1);
        int bytes = random.nextInt(BYTES - position + 1);
        storage.advise(mapping, position, bytes, ReadAdvice.SOON);
        assertThat(mapping.asSlice(position, bytes).mismatch(slice(content, position, bytes)))
            .isEqualTo(-1);
      }
      assertThat(mapping.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
    }
  }

  private static MemorySegment slice(byte[] content, int position, int bytes) {
    return MemorySegment.ofArray(content).asSlice(position, bytes);
  }

  @Test
  void emptyFilesAndOtherMemoryAreLeftAlone() throws IOException {
    DiskStorage storage = new DiskStorage(directory);
    write(storage, new byte[0]);
    try (Arena arena = Arena.ofConfined()) {
      storage.advise(storage.map("a", arena), 0, 0, ReadAdvice.RANDOM);
      storage.advise(arena.allocate(100), 50, 50, ReadAdvice.SOON);
      storage.advise(MemorySegment.ofArray(new byte[9]), 1, 5, ReadAdvice.RANDOM);
    }
  }

  private static void write(Storage storage, byte[] content) throws IOException {
    try (StorageFile file = storage.create("a")) {
      file.write(0, content, 0, content.length);
    }
  }
}
