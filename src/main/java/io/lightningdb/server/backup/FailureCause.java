package io.lightningdb.server.backup;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.regex.Pattern;

/// Says why something failed in words that may be shown in health: without the paths of files, which tell where things
/// are on a machine, and not what to do about them.
final class FailureCause {
  private static final Pattern PATH = Pattern.compile("(?<![\\w/:])/[^\\s,;:'\"]+");
  private static final int CHARACTERS_MAX = 300;

  private FailureCause() {}

  /// Names the cause of a failure.
  ///
  /// @return a phrase of at most 300 characters
  static String of(Throwable failure) {
    Throwable first = failure;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    String text = withoutPaths(text(first));
    return text.length() > CHARACTERS_MAX ? text.substring(0, CHARACTERS_MAX) : text;
  }

  static String withoutPaths(String text) {
    return PATH.matcher(text).replaceAll("(a path)");
  }

  private static String text(Throwable failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "a file or directory is not there";
      case FileAlreadyExistsException _ -> "a file is in the way";
      case FileSystemException system when system.getReason() != null -> system.getReason();
      case FileSystemException system -> words(system);
      case IOException io when io.getMessage() != null -> io.getMessage();
      default ->
          failure.getMessage() == null
              ? words(failure)
              : words(failure) + ": " + failure.getMessage();
    };
  }

  /// `AccessDeniedException` is "access denied".
  private static String words(Throwable failure) {
    return failure
        .getClass()
        .getSimpleName()
        .replaceFirst("Exception$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }
}
