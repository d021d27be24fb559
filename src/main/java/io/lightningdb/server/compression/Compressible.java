package io.lightningdb.server.compression;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which media types become shorter when they are compressed: all that are not known to be compressed already.
final class Compressible {
  private static final List<String> COMPRESSED_KINDS =
      List.of("image/", "audio/", "video/", "font/");
  // Kinds of their own among these that are text, or bytes as they come.
  private static final Set<String> PLAIN =
      Set.of(
          "image/svg+xml",
          "image/bmp",
          "image/x-ms-bmp",
          "audio/wav",
          "audio/x-wav",
          "font/ttf",
          "font/otf");
  private static final Set<String> COMPRESSED =
      Set.of(
          "application/gzip",
          "application/x-gzip",
          "application/zip",
          "application/x-zip-compressed",
          "application/zstd",
          "application/zlib",
          "application/brotli",
          "application/x-7z-compressed",
          "application/x-brotli",
          "application/x-bzip2",
          "application/x-compress",
          "application/x-lz4",
          "application/x-rar-compressed",
          "application/vnd.rar",
          "application/x-xz",
          "application/x-zstd",
          "application/java-archive",
          "application/pdf",
          "application/epub+zip",
          "application/vnd.android.package-archive",
          "application/font-woff");

  private Compressible() {}

  private static String name(@Nullable String type) {
    if (type == null) {
      return "";
    }
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /// Tells whether an answer may become shorter.
  ///
  /// @param type its media type, or null
  /// @return false if it is known not to
  static boolean is(@Nullable String type) {
    String name = name(type);
    return PLAIN.contains(name)
        || (!COMPRESSED.contains(name)
            && !name.endsWith("+zip")
            && !name.endsWith("+gzip")
            && !name.endsWith("+zstd")
            && !name.startsWith("application/vnd.openxmlformats-officedocument.")
            && !name.startsWith("application/vnd.oasis.opendocument.")
            && COMPRESSED_KINDS.stream().noneMatch(name::startsWith));
  }

  /// Tells whether an answer is lines, each of which is told when it is there.
  ///
  /// @param type its media type, or null
  /// @return by its name
  static boolean isLines(@Nullable String type) {
    return switch (name(type)) {
      case "application/x-ndjson", "application/ndjson", "application/jsonl" -> true;
      default -> false;
    };
  }
}
