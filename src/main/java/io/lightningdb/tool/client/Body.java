package io.lightningdb.tool.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The bytes that a request sends.
interface Body {
  /// Their number, or -1 if it is not known before they are sent.
  long length();

  /// Reads them, once.
  ///
  /// @throws ClientException if a local file cannot be read
  InputStream open() throws ClientException;

  static Body of(byte[] bytes) {
    return new Body() {
      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public InputStream open() {
        return new java.io.ByteArrayInputStream(bytes);
      }
    };
  }

  static Body of(InputStream in) {
    return new Body() {
      @Override
      public long length() {
        return -1;
      }

      @Override
      public InputStream open() {
        return in;
      }
    };
  }

  static Body of(Path file) throws ClientException {
    try {
      long bytes = Files.size(file);
      boolean regular = Files.isRegularFile(file);
      if (Files.isDirectory(file)) {
        throw LocalFiles.unreadable(file, "is a directory");
      }
      return new Body() {
        @Override
        public long length() {
          return regular ? bytes : -1;
        }

        @Override
        public InputStream open() throws ClientException {
          return LocalFiles.open(file);
        }
      };
    } catch (ClientException e) {
      throw e;
    } catch (IOException e) {
      throw LocalFiles.unreadable(file, e);
    }
  }

  /// Sends them. What fails in reading is told apart from what fails in sending.
  default void send(OutputStream target) throws IOException {
    byte[] piece = new byte[1 << 16];
    try (InputStream in = open()) {
      while (true) {
        int count;
        try {
          count = in.read(piece);
        } catch (IOException e) {
          throw new ClientException(
              ClientExit.UNREADABLE,
              "The input cannot be read to its end: "
                  + io.lightningdb.engine.io.FailureText.of(e)
                  + ".",
              e);
        }
        if (count < 0) {
          return;
        }
        target.write(piece, 0, count);
      }
    }
  }
}
