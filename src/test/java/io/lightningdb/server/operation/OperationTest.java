package io.lightningdb.server.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Operations are on disk, so what a service has left is read and written again.
class OperationTest {

  @Test
  void whatIsKeptIsReadAndWrittenAgain() throws IOException {
    JsonMapper json = JsonMapper.builder().build();
    byte[] kept;
    try (InputStream in = OperationTest.class.getResourceAsStream("/format/v2/operations.json")) {
      kept = Objects.requireNonNull(in).readAllBytes();
    }

    List<Operation> read = json.readValue(kept, new TypeReference<List<Operation>>() {});

    assertThat(read)
        .extracting(Operation::kind)
        .containsExactly("backup", "integrity-check", "restore-check", "flush");
    assertThat(read).extracting(Operation::state).containsOnly("succeeded");
    assertThat(json.writeValueAsString(read)).isEqualTo(new String(kept, StandardCharsets.UTF_8));
  }
}
