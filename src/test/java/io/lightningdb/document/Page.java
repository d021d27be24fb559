package io.lightningdb.document;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A document of the project, in Markdown.
///
/// @param file its path, from the top of the project
/// @param text all of it
record Page(Path file, String text) {
  private static final Set<String> NOT_OURS = Set.of(".git", "target", "data", "node_modules");

  private static final Pattern FENCED =
      Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:^<!-- not run: ([^\\n]*) -->\\n)?^```(\\w+)\\n(.*?)^```\\n(?:^```\\n(.*?)^```$)?",
          Pattern.MULTILINE | Pattern.DOTALL);

  /// What the benchmarks write into their page.
  private static final Pattern GENERATED =
      Pattern.compile("<!-- (\\w+): written by .*?<!-- end of \\1 -->", Pattern.DOTALL);

  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern HEAD = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

  /// A block of code.
  ///
  /// @param language what it is in
  /// @param code the text
  /// @param notRun why it cannot be run here, empty if it can
  /// @param shown what the page says that it prints, empty for nothing
  record Block(String language, String code, String notRun, String shown) {}

  static Page of(String file) {
    return of(Path.of(file));
  }

  private static Page of(Path file) {
    try {
      return new Page(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Every document of the project.
  static List<Page> all() throws IOException {
    List<Page> pages = new ArrayList<>();
    Files.walkFileTree(
        Path.of(""),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".md")) {
              pages.add(of(file));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return pages;
  }

  /// Its blocks in a language.
  List<Block> blocks(String language) {
    return BLOCK
        .matcher(text)
        .results()
        .filter(block -> block.group(2).equals(language))
        .map(block -> new Block(language, block.group(3), orEmpty(block, 1), orEmpty(block, 4)))
        .toList();
  }

  private static String orEmpty(MatchResult match, int group) {
    return match.group(group) == null ? "" : match.group(group);
  }

  /// What is not code.
  String prose() {
    return FENCED.matcher(text).replaceAll("");
  }

  /// What is neither code nor made by a program.
  String written() {
    return FENCED.matcher(GENERATED.matcher(text).replaceAll("")).replaceAll("");
  }

  /// What its links and pictures lead to.
  List<String> links() {
    return LINK.matcher(prose()).results().map(link -> link.group(1)).toList();
  }

  /// The names under which its heads are linked to, as GitHub makes them.
  Set<String> anchors() {
    return HEAD.matcher(prose())
        .results()
        .map(head -> head.group(1).toLowerCase(Locale.ROOT))
        .map(head -> head.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
