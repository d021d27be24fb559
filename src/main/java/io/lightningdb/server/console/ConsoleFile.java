package io.lightningdb.server.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.MediaType;
import org.springframework.util.DigestUtils;

/// A file of the console.
///
/// @param content its bytes, not to be changed
/// @param type its media type
/// @param tag by which a client that has it is told so; weak, as an answer may be compressed
record ConsoleFile(byte[] content, MediaType type, String tag) {
  private static final String FOLDER = "/console/";
  private static final Map<String, MediaType> TYPES =
      Map.of(
          "html", MediaType.parseMediaType("text/html;charset=UTF-8"),
          "css", MediaType.parseMediaType("text/css;charset=UTF-8"),
          "js", MediaType.parseMediaType("text/javascript;charset=UTF-8"),
          "svg", MediaType.parseMediaType("image/svg+xml"));

  // Neither a folder nor a way out of one.
  private static final Pattern NAME =
      Pattern.compile("([a-z][a-z0-9-]{0,40}/){0,3}[a-z][a-z0-9-]{0,40}\\.(html|css|js|svg)");

  /// Reads a file out of the jar.
  ///
  /// @param name path below the console, from outside
  /// @return nothing if the console has no such file
  /// @throws UncheckedIOException if the jar cannot be read
  static Optional<ConsoleFile> read(String name) {
    if (!NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    try (InputStream in = ConsoleFile.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] content = in.readAllBytes();
      MediaType type = Objects.requireNonNull(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
      String tag = "W/\"" + DigestUtils.md5DigestAsHex(content) + "\"";
      return Optional.of(new ConsoleFile(content, type, tag));
    } catch (IOException e) {
      throw new UncheckedIOException("console file " + name, e);
    }
  }
}
