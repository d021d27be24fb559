package io.lightningdb.server.keyvalue.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/// Reads UTF-8 strictly, and gives what comes before a fault before it tells of the fault. The reader of the JDK tells
/// of it while it reads ahead, so that the line with the fault could not be named. *Not thread-safe.*
final class Utf8Reader extends Reader {
  private final InputStream in;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final ByteBuffer bytes = ByteBuffer.allocate(16 * 1024).limit(0);
  private final CharBuffer chars = CharBuffer.allocate(16 * 1024).limit(0);
  private boolean atEnd;

  /// Reads from a stream.
  ///
  /// @param in the bytes; it needs no buffer
  Utf8Reader(InputStream in) {
    this.in = in;
  }

  /// Reads characters.
  ///
  /// @throws CharacterCodingException if the next bytes are not UTF-8, also because they end too early
  /// @throws IOException if the stream fails
  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    while (!chars.hasRemaining() && !decode()) {
      if (atEnd) {
        return -1;
      }
      fill();
    }
    int count = Math.min(length, chars.remaining());
    chars.get(target, offset, count);
    return count;
  }

  /// Decodes what was read.
  ///
  /// @return true if there are characters now
  private boolean decode() throws CharacterCodingException {
    chars.clear();
    CoderResult result = decoder.decode(bytes, chars, atEnd);
    chars.flip();
    if (!chars.hasRemaining() && result.isError()) {
      result.throwException();
    }
    return chars.hasRemaining();
  }

  private void fill() throws IOException {
    bytes.compact();
    int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
    atEnd = count < 0;
    bytes.position(bytes.position() + Math.max(0, count)).flip();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
