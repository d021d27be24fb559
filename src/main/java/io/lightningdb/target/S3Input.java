package io.lightningdb.target;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// Reads an object from front to back, and goes on where it was if the connection is lost. *Confined to one thread.*
final class S3Input extends InputStream {
  private final S3Calls calls;
  private final String name;
  private final long bytes;
  private final String eTag;
  private ResponseInputStream<GetObjectResponse> in;
  private long position;

  // In a row, without a byte between them.
  private int failures;

  private S3Input(S3Calls calls, String name, ResponseInputStream<GetObjectResponse> in) {
    this.calls = calls;
    this.name = name;
    this.in = in;
    this.bytes = in.response().contentLength();
    this.eTag = in.response().eTag();
  }

  /// Opens an object.
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  /// @throws ObjectStoreException if it cannot be read
  static S3Input open(S3Calls calls, String name) throws IOException {
    return new S3Input(calls, name, calls.open(name, 0, null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (position < bytes && length > 0) {
      int count = readOnce(target, offset, length);
      if (count > 0) {
        position += count;
        failures = 0;
        return count;
      }
    }
    return length == 0 ? 0 : -1;
  }

  /// Reads some bytes; none if the connection was lost and there is another one.
  private int readOnce(byte[] target, int offset, int length) throws IOException {
    try {
      int count = in.read(target, offset, (int) Math.min(length, bytes - position));
      if (count > 0) {
        return count;
      }
      reopen(new EOFException("only " + position + " of " + bytes + " bytes came"));
    } catch (ObjectStoreException e) {
      throw e;
    } catch (IOException | SdkException e) {
      reopen(e);
    }
    return 0;
  }

  private void reopen(Exception failure) throws IOException {
    in.abort();
    failures++;
    if (failures >= calls.limits().attemptsMax() || Thread.currentThread().isInterrupted()) {
      throw calls
          .failures()
          .unreachable("cannot read %s in %s: ".formatted(name, calls.address()), failure);
    }
    in = calls.open(name, position, eTag);
    if (in.response().contentRange() == null) {
      // A store that knows no ranges begins at the front.
      in.skipNBytes(position);
    }
  }

  @Override
  public void close() {
    // What is left is not read only to keep the connection.
    in.abort();
  }
}
