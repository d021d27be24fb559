package io.lightningdb.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the runbook of a failed start has readers look for is what the engine says.
class StartFailuresTest {
  private static final Page PAGE = Page.of("runbooks/will-not-start-after-a-crash.md");

  /// What the first column of the table quotes, by what each row leads to; `…` is any text.
  private static final Pattern QUOTED = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);

  @TempDir private Path directory;

  private static List<Pattern> quoted() {
    return QUOTED
        .matcher(PAGE.text())
        .results()
        .map(row ->
            Arrays.stream(row.group(1).split("…", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*")))
        .map(Pattern::compile)
        .toList();
  }

  private String failure() {
    Throwable failure =
        catchThrowable(() -> Database.open(directory, DatabaseOptions.defaults()).close());
    assertThat(failure).isNotNull();
    return String.valueOf(failure.getMessage());
  }

  private static void assertQuoted(String said) {
    assertThat(quoted()).as(said).filteredOn(row -> row.matcher(said).find()).hasSize(1);
  }

  @Test
  void whatStopsAStartIsInTheTable() throws IOException {
    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      assertThat(database.keyspaces()).isNotNull();
      assertQuoted(failure());
    }
    Path manifest = directory.resolve("MANIFEST");
    byte[] content = Files.readAllBytes(manifest);
    byte[] damaged = content.clone();
    damaged[40] ^= 1;
    Files.write(manifest, damaged);
    assertQuoted(failure());
    Files.write(manifest, NewerFormat.manifest(content));
    assertQuoted(failure());
  }
}
