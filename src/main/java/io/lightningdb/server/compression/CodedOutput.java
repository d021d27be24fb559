package io.lightningdb.server.compression;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/// The bytes of a [CodedAnswer]. *Confined to the thread of its request.*
final class CodedOutput extends ServletOutputStream {
  // Magic number, deflate, no flags, no time, the fastest compression, no system (RFC 1952).
  private static final byte[] HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};
  private static final int TAIL_BYTES = 8;

  private static final int SLICE_BYTES = 32 << 10;
  // Lines are told as soon as the web server would tell them, whose buffer is as long.
  private static final int LINES_BYTES = 8 << 10;

  // What becomes no shorter by a sixteenth is sent without a try from there on.
  private static final int TRIED_BYTES = 64 << 10;
  private static final int WORTHWHILE = 16;

  private final CodedAnswer answer;
  private final byte[] first;
  private int firstBytes;

  private Deflaters.@Nullable Lent lent;
  private boolean isHeadDue;
  private boolean isTried;
  private boolean isFinished;
  private int untoldBytes;

  /// Keeps the first bytes.
  ///
  /// @param answer whose bytes come
  /// @param keptMax how many are kept
  CodedOutput(CodedAnswer answer, int keptMax) {
    this.answer = answer;
    this.first = new byte[keptMax];
  }

  /// Compresses from now on.
  ///
  /// @param deflater does it; null for the answer to HEAD, which has no bytes
  void compressWith(Deflaters.@Nullable Lent deflater) {
    lent = deflater;
    isHeadDue = true;
    isTried = false;
    untoldBytes = 0;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (answer.isUndecided() && !answer.decide(saturatedSum(length), false)) {
      System.arraycopy(bytes, offset, first, firstBytes, length);
      firstBytes += length;
      return;
    }
    sendFirst();
    send(bytes, offset, length);
  }

  private int saturatedSum(int length) {
    return (int) Math.min(Integer.MAX_VALUE, (long) firstBytes + length);
  }

  private void sendFirst() throws IOException {
    int count = firstBytes;
    if (count > 0) {
      firstBytes = 0;
      send(first, 0, count);
    }
  }

  private void send(byte[] bytes, int offset, int length) throws IOException {
    if (!answer.isCoded()) {
      answer.plainOutput().write(bytes, offset, length);
      return;
    }
    if (lent == null) {
      return;
    }
    for (int at = 0; at < length; at += SLICE_BYTES) {
      compress(lent, bytes, offset + at, Math.min(SLICE_BYTES, length - at));
    }
  }

  private void compress(Deflaters.Lent by, byte[] bytes, int offset, int length)
      throws IOException {
    if (isHeadDue) {
      isHeadDue = false;
      answer.plainOutput().write(HEAD);
    }
    by.checksum.update(bytes, offset, length);
    by.deflater.setInput(bytes, offset, length);
    untoldBytes += length;
    boolean isTrial = !isTried && by.deflater.getBytesRead() + length >= TRIED_BYTES;
    boolean isToBeTold = untoldBytes >= LINES_BYTES && answer.isLines();
    drain(by, isTrial || isToBeTold ? Deflater.SYNC_FLUSH : Deflater.NO_FLUSH);
    if (isTrial) {
      isTried = true;
      long saved = by.deflater.getBytesRead() - by.deflater.getBytesWritten();
      if (saved < by.deflater.getBytesRead() / WORTHWHILE) {
        by.deflater.setLevel(Deflater.NO_COMPRESSION);
      }
    }
  }

  private void drain(Deflaters.Lent by, int flush) throws IOException {
    int count;
    do {
      count = by.deflater.deflate(by.out, 0, by.out.length, flush);
      if (count > 0) {
        answer.plainOutput().write(by.out, 0, count);
      }
      // A change of the level leaves input behind.
    } while (count == by.out.length || !(by.deflater.needsInput() || by.deflater.finished()));
    if (flush == Deflater.SYNC_FLUSH) {
      untoldBytes = 0;
    }
  }

  /// Sends what there is. A document that may be short waits for its end, which is near; lines do not.
  @Override
  public void flush() throws IOException {
    if (answer.isUndecided()) {
      if (firstBytes == 0 || !answer.isLines()) {
        return;
      }
      answer.leave(-1);
      sendFirst();
    }
    if (lent != null && untoldBytes > 0) {
      drain(lent, Deflater.SYNC_FLUSH);
    }
    answer.plainOutput().flush();
  }

  /// Sends the end.
  ///
  /// @throws IOException if the client is gone
  void finish() throws IOException {
    if (isFinished) {
      return;
    }
    isFinished = true;
    if (answer.isUndecided()) {
      answer.decide(firstBytes, true);
      sendFirst();
    }
    Deflaters.Lent by = lent;
    if (by != null) {
      by.deflater.finish();
      drain(by, Deflater.NO_FLUSH);
      answer.plainOutput().write(tail(by));
      release();
    }
  }

  private static byte[] tail(Deflaters.Lent by) {
    byte[] tail = new byte[TAIL_BYTES];
    long both = by.checksum.getValue() | by.deflater.getBytesRead() << Integer.SIZE;
    for (int i = 0; i < TAIL_BYTES; i++) {
      tail[i] = (byte) (both >>> (Byte.SIZE * i));
    }
    return tail;
  }

  @Override
  public void close() throws IOException {
    finish();
    answer.plainOutput().close();
  }

  /// Gives back what compresses.
  void release() {
    if (lent != null) {
      lent.close();
      lent = null;
    }
  }

  /// Forgets all bytes, none of which has gone to the client.
  void drop() {
    release();
    firstBytes = 0;
    isFinished = false;
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void setWriteListener(WriteListener listener) {
    throw new IllegalStateException("answers are written by the thread of their request");
  }
}
