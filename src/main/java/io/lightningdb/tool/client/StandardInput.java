package io.lightningdb.tool.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Standard input, of which is known whether the command waits for it. *Read by one thread*, asked by any.
final class StandardInput extends FilterInputStream {
  private volatile boolean isReading;

  StandardInput(InputStream in) {
    super(in);
  }

  boolean isReading() {
    return isReading;
  }

  @Override
  public int read() throws IOException {
    isReading = true;
    try {
      return super.read();
    } finally {
      isReading = false;
    }
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    isReading = true;
    try {
      return super.read(target, offset, length);
    } finally {
      isReading = false;
    }
  }
}
