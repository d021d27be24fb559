package io.lightningdb.server.web;

import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryLease;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/// Bytes that come one after the other and are needed together, such as an answer that is built before it is sent. It
/// grows by pieces, which are never copied, and pays for those beyond the first bytes out of the lease of the request.
/// *Not thread-safe.*
public final class ChargedBuffer extends OutputStream {
  private static final int PIECE_BYTES_MIN = 1 << 10;
  // G1 gives an array of half a region or more, which are 1 MB in small heaps, whole regions.
  private static final int PIECE_BYTES_MAX = 256 << 10;

  private final CallerMemory.Use use;
  private final List<byte[]> full = new ArrayList<>();
  private byte[] last = new byte[PIECE_BYTES_MIN];
  private int lastBytes;
  private int fullBytes;

  /// Makes an empty one.
  ///
  /// @param use what the memory is for
  public ChargedBuffer(CallerMemory.Use use) {
    this.use = use;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    int written = 0;
    while (written < length) {
      if (lastBytes == last.length) {
        addPiece();
      }
      int part = Math.min(length - written, last.length - lastBytes);
      System.arraycopy(bytes, offset + written, last, lastBytes, part);
      lastBytes += part;
      written += part;
    }
  }

  /// Each piece is as long as all before it.
  private void addPiece() {
    int length = Math.min(Math.max(PIECE_BYTES_MIN, size()), PIECE_BYTES_MAX);
    MemoryLease lease = MemoryLease.current();
    if (lease != null && size() + length > MemoryLease.SMALL_BYTES) {
      lease.take(use, length);
    }
    byte[] piece = new byte[length];
    full.add(last);
    fullBytes += lastBytes;
    last = piece;
    lastBytes = 0;
  }

  /// What was written.
  ///
  /// @return in bytes
  public int size() {
    return fullBytes + lastBytes;
  }

  /// Writes what was written here somewhere else, and keeps it.
  ///
  /// @param target takes the bytes
  /// @throws IOException if it does not
  public void writeTo(OutputStream target) throws IOException {
    for (byte[] piece : full) {
      target.write(piece);
    }
    target.write(last, 0, lastBytes);
  }

  /// What was written, in one array, for which memory is taken as well.
  ///
  /// @return a new array
  public byte[] toByteArray() {
    MemoryLease lease = MemoryLease.current();
    if (lease != null && size() > MemoryLease.SMALL_BYTES) {
      lease.take(use, size());
    }
    byte[] all = new byte[size()];
    int at = 0;
    for (byte[] piece : full) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    System.arraycopy(last, 0, all, at, lastBytes);
    return all;
  }
}
