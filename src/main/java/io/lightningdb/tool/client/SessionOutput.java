package io.lightningdb.tool.client;

import java.io.IOException;
import java.io.OutputStream;

/// Standard output as a stream. *Confined to the thread of its session.*
final class SessionOutput extends OutputStream {
  private final Session session;

  SessionOutput(Session session) {
    this.session = session;
  }

  @Override
  public void write(int value) throws IOException {
    session.write(new byte[] {(byte) value});
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    session.write(bytes, offset, length);
  }
}
