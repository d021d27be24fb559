package io.lightningdb.engine.io;

import java.io.EOFException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.ExecutionException;

/// What a failure says of itself, to people. Exceptions of the JDK have for a message what a program needs, or none: a
/// path and nothing else, `Input length = 1`, null.
public final class FailureText {
  private FailureText() {}

  /// The text of a failure.
  ///
  /// @param failure any failure
  /// @return a phrase without a full stop, never empty; its message where that is one
  public static String of(Throwable failure) {
    return switch (failure) {
      case UncheckedIOException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      case ExecutionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      case FileSystemException file -> ofFile(file);
      case CharacterCodingException _ -> "it has bytes that are no text";
      case EOFException ended when isEmpty(ended) -> "it ends too early";
      case BufferUnderflowException _ -> "it ends too early";
      default -> isEmpty(failure) ? words(failure) : String.valueOf(failure.getMessage());
    };
  }

  private static boolean isEmpty(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() || message.equals("null");
  }

  /// The name of a file without the directories before it, which are not for everybody.
  private static String ofFile(FileSystemException failure) {
    String path = failure.getFile();
    Path name = path == null ? null : Path.of(path).getFileName();
    String file = name == null ? "a file" : name.toString();
    if (failure.getReason() != null) {
      return file + ": " + failure.getReason();
    }
    return switch (failure) {
      case NoSuchFileException _ -> file + " is not there";
      case FileAlreadyExistsException _ -> file + " is there already";
      case AccessDeniedException _ -> file + " may not be used by the user of this process";
      case NotDirectoryException _ -> file + " is no directory";
      case DirectoryNotEmptyException _ -> file + " is not empty";
      default -> file + ": " + words(failure);
    };
  }

  /// `ClosedChannelException` is "closed channel".
  private static String words(Throwable failure) {
    String name = failure.getClass().getSimpleName();
    if (name.isEmpty() || name.equals("IOException")) {
      return "the system does not say why";
    }
    return name.replaceFirst("(?<=.)(Exception|Error)$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }
}
