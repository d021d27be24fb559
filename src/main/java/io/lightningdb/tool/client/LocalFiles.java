package io.lightningdb.tool.client;

import io.lightningdb.engine.io.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Files that the command line names. What is wrong with one is told with its whole path, which the user gave.
final class LocalFiles {
  private LocalFiles() {}

  static InputStream open(Path file) throws ClientException {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static byte[] read(Path file) throws ClientException {
    try (InputStream in = open(file)) {
      return in.readAllBytes();
    } catch (ClientException e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static ClientException unreadable(Path file, IOException failure) {
    return unreadable(
        file,
        switch (failure) {
          case NoSuchFileException _ -> "does not exist";
          case AccessDeniedException _ -> "may not be used by the user of this process";
          default -> "cannot be used: " + FailureText.of(failure);
        });
  }

  static ClientException unreadable(Path file, String why) {
    return new ClientException(ClientExit.UNREADABLE, file + " " + why + ".");
  }
}
