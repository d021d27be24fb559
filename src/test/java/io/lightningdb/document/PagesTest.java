package io.lightningdb.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PagesTest {
  private static final int README_BYTES_MAX = 10_240;
  private static final int COLUMNS_MAX = 120;

  /// Those written with longer lines so far. This list only gets shorter.
  private static final List<String> LONG_LINES =
      List.of(
          "CHANGELOG.md",
          "helm/lightningdb/README.md",
          "src/bench/results/comparison.md",
          "src/bench/results/http.md",
          "src/main/java/io/lightningdb/README.md",
          "src/main/java/io/lightningdb/engine/format/README.md",
          // Made of what the commands say of themselves.
          "src/main/java/io/lightningdb/tool/README.md");

  private static List<Page> pages() throws IOException {
    return Page.all();
  }

  @Test
  void theReadmeIsRead() {
    assertThat(Page.of("README.md").text().getBytes(StandardCharsets.UTF_8).length)
        .as("bytes of README.md: details belong to the pages that it leads to")
        .isLessThanOrEqualTo(README_BYTES_MAX);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadSomewhere(Page page) {
    assertThat(page.links())
        .allSatisfy(link -> {
          URI uri = URI.create(link);
          if (uri.getScheme() == null) {
            Path target = target(page, uri);
            assertThat(target).as(link).exists();
            if (uri.getFragment() != null) {
              assertThat(Page.of(target.toString()).anchors()).as(link).contains(uri.getFragment());
            }
          }
        });
  }

  private static Path target(Page page, URI link) {
    return link.getPath().isEmpty()
        ? page.file()
        : page.file().toAbsolutePath().resolveSibling(link.getPath()).normalize();
  }

  /// A page that no other leads to is found by chance.
  @Test
  void readmeLeadsToEveryPage() throws IOException {
    List<Path> found = new ArrayList<>(List.of(Path.of("README.md").toAbsolutePath()));
    for (int next = 0; next < found.size(); next++) {
      Path file = found.get(next);
      if (file.toString().endsWith(".md")) {
        Page page = Page.of(file.toString());
        page.links().stream()
            .map(URI::create)
            .filter(link -> link.getScheme() == null)
            .map(link -> target(page, link))
            .map(target ->
                Files.isRegularFile(target.resolve("README.md"))
                    ? target.resolve("README.md")
                    : target)
            .filter(target -> !found.contains(target.toAbsolutePath()))
            .forEach(target -> found.add(target.toAbsolutePath()));
      }
    }
    assertThat(found)
        .containsAll(pages().stream().map(page -> page.file().toAbsolutePath()).toList());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linesAreWrapped(Page page) {
    if (LONG_LINES.contains(page.toString())) {
      return;
    }
    Stream<String> lines =
        page.written().lines().filter(line -> !line.startsWith("|") && !line.startsWith("    "));
    assertThat(lines).allMatch(line -> line.length() <= COLUMNS_MAX, "has 120 columns at most");
  }
}
