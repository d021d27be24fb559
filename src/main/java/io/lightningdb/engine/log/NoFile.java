package io.lightningdb.engine.log;

import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;

/// Stands for the file of a segment in a log that nothing can be appended to.
final class NoFile implements StorageFile {

  @Override
  public void write(long position, byte[] bytes, int offset, int length) throws IOException {
    throw new IOException("the log takes no commits");
  }

  @Override
  public void store(long position, byte[] bytes, int offset, int length) throws IOException {
    throw new IOException("the log takes no commits");
  }

  @Override
  public void sync() throws IOException {
    throw new IOException("the log takes no commits");
  }

  @Override
  public void close() {
    // There is none.
  }
}
