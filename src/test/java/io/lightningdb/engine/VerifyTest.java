package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the check of a closed database leaves behind: nothing.
class VerifyTest {
  @TempDir Path directory;

  private Map<String, String> content() throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        content.put(
            file.getFileName().toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return content;
  }

  @Test
  void aDirectoryWithoutADatabaseIsLeftAsItIs() throws IOException {
    Files.writeString(directory.resolve("spare-0000000000000001"), "");
    assertThat(Database.exists(directory)).isFalse();
    assertThatThrownBy(() -> Database.verify(directory, (_, _) -> {}))
        .isInstanceOf(EngineException.StorageFailed.class)
        .hasMessageContaining("there is no database in it");
    assertThat(content()).containsOnlyKeys("spare-0000000000000001");

    Path absent = directory.resolve("absent");
    assertThat(Database.exists(absent)).isFalse();
    assertThatThrownBy(() -> Database.verify(absent, (_, _) -> {}))
        .isInstanceOf(EngineException.StorageFailed.class);
    assertThat(absent).doesNotExist();
    assertThat(Database.exists(directory.resolve("spare-0000000000000001"))).isFalse();
  }

  @Test
  void aDatabaseIsLeftAsItIs() throws IOException {
    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      database.keyspace("default").put(new byte[] {1}, new byte[] {2});
    }
    Map<String, String> before = content();
    assertThat(Database.verify(directory, (_, _) -> {}).isClean()).isTrue();
    assertThat(content()).isEqualTo(before);
  }

  @Test
  void aRunWithoutAManifestIsADamagedDatabase() throws IOException {
    Files.writeString(directory.resolve("run-0000000000000001"), "");
    assertThat(Database.exists(directory)).isTrue();
    assertThat(Database.verify(directory, (_, _) -> {}).faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault.file()).isEqualTo("MANIFEST"));
  }
}
