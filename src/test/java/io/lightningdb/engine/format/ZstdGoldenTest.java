package io.lightningdb.engine.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.run.Found;
import io.lightningdb.engine.run.Run;
import io.lightningdb.engine.run.RunWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reads a run whose leaves are Zstandard frames, as it was written once.
class ZstdGoldenTest {
  private static final RunWriter.Identity IDENTITY =
      new RunWriter.Identity(GoldenDatabase.DATABASE_ID, 2, 4);

  @TempDir Path directory;

  private Run kept() throws IOException {
    String name = FileFormat.run(IDENTITY.fileId());
    try (InputStream in =
        Objects.requireNonNull(
            ZstdGoldenTest.class.getResourceAsStream("/format/zstd/" + name + ".hex"))) {
      String digits = new String(in.readAllBytes(), StandardCharsets.US_ASCII).replace("\n", "");
      Files.write(directory.resolve(name), HexFormat.of().parseHex(digits));
    }
    return new Run(new DiskStorage(directory), IDENTITY, new BlockCache(1 << 20));
  }

  private static String user(int number) {
    return "{\"name\":\"user number " + number + "\",\"active\":true}";
  }

  @Test
  void itsEntriesAreRead() throws IOException {
    try (Run run = kept()) {
      List<String> found = new ArrayList<>();
      EntryCursor entries = run.allVersions(KeyRange.ALL);
      while (entries.next()) {
        byte[] value = new byte[entries.valueLength()];
        entries.copyValue(value, 0);
        found.add(new String(value, StandardCharsets.UTF_8));
      }
      assertThat(found).hasSize(40).startsWith(user(10), user(11)).endsWith(user(49));
      byte[] key = GoldenDatabase.bytes("user-33");
      assertThat(Objects.requireNonNull(Found.in(run, key, 100)).value())
          .isEqualTo(GoldenDatabase.bytes(user(33)));
      run.check(fault -> {
        throw new AssertionError(fault);
      });
    }
  }
}
