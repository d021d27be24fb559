package io.lightningdb.engine.io;

import io.lightningdb.engine.format.CorruptionException;

/// The disk or file system did not deliver what stands in a mapped file.
public final class UnreadableFileException extends CorruptionException {
  private static final long serialVersionUID = 1L;

  UnreadableFileException(String file, long offset, Throwable cause) {
    super(
        file,
        offset,
        "it cannot be read: the disk or file system failed under it, or the file was cut");
    initCause(cause);
  }
}
