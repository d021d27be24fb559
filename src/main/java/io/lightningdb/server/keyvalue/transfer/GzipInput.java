package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.problem.UnreadableBodyException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Reads gzip (RFC 1952) to its end, or says why it cannot: one or more members, one behind the other, and nothing
/// else.
///
/// The stream of the JDK takes whatever it cannot read behind a member for the end. Here the end is where the bytes
/// end, and only behind a whole member: a header that is not one, a member without its end, a checksum or a length that
/// does not match, and anything behind the last member, zeros included, are refused. What is cut off between two
/// members looks whole and is for the length of the body to tell.
///
/// What comes out is bounded by what went in, so that a small body cannot keep the service busy for long. *Not
/// thread-safe.*
final class GzipInput extends InputStream {

  /// What a body may always expand to, in bytes.
  static final int EXPANDED_BYTES_FREE = 1 << 20;

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int DEFLATE = 8;
  private static final int HEADER_CHECKSUM = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xE0;

  private final InputStream in;
  private final int ratioMax;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();

  private int position;
  private int end;
  private long bytesIn;
  private long bytesOut;
  private long memberBytes;
  private long member;
  private boolean withinMember;
  private boolean ended;

  /// Reads from a stream.
  ///
  /// @param in gzip; where this is gzip within gzip, the bound counts from the outermost bytes
  /// @param ratioMax most bytes that may come out for each byte that went in, beyond [#EXPANDED_BYTES_FREE]
  GzipInput(InputStream in, int ratioMax) {
    this.in = in;
    this.ratioMax = ratioMax;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (length > 0 && (withinMember || beginMember())) {
      int count = inflate(target, offset, length);
      if (count > 0) {
        checksum.update(target, offset, count);
        memberBytes += count;
        bytesOut += count;
        checkExpansion();
        return count;
      }
      if (inflater.finished()) {
        endMember();
      } else if (!inflater.needsInput()) {
        throw damaged("has compressed data that needs a dictionary");
      } else if (!fill()) {
        throw damaged("is cut off within its compressed data");
      } else {
        inflater.setInput(buffer, 0, end);
      }
    }
    return length == 0 ? 0 : -1;
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      return inflater.inflate(target, offset, length);
    } catch (DataFormatException e) {
      throw new UnreadableBodyException(place() + "has compressed data that is damaged", e);
    }
  }

  /// Bytes that were used up, of the outermost stream.
  private long bytesUsed() {
    return in instanceof GzipInput outer
        ? outer.bytesUsed()
        : bytesIn - (withinMember ? inflater.getRemaining() : end - position);
  }

  private void checkExpansion() {
    long allowed = Math.max(EXPANDED_BYTES_FREE, ratioMax * bytesUsed());
    if (bytesOut > allowed) {
      String detail =
          ("The body expands to more than %d times its size, which is taken up to %d bytes only. Send it"
                  + " without compression, or have lightning.limits.import-expansion-max raised.")
              .formatted(ratioMax, EXPANDED_BYTES_FREE);
      throw Problem.of(ProblemType.BODY_TOO_LARGE, detail)
          .withLimit(allowed, bytesOut)
          .asException();
    }
  }

  /// Reads the header of the next member.
  ///
  /// @return false at the end
  private boolean beginMember() throws IOException {
    if (ended || (member > 0 && position == end && !fill())) {
      ended = true;
      return false;
    }
    member++;
    checksum.reset();
    if (position == end && !fill()) {
      throw damaged("is empty: gzip has at least one member");
    }
    if (header() != 0x1F || header() != 0x8B) {
      throw member == 1
          ? new UnreadableBodyException("does not begin as gzip does", null)
          : new UnreadableBodyException(
              "has something behind gzip member " + (member - 1) + " that is not gzip", null);
    }
    if (header() != DEFLATE) {
      throw damaged("is not compressed with deflate");
    }
    int flags = header();
    if ((flags & RESERVED) != 0) {
      throw damaged("has flags that RFC 1952 does not know");
    }
    // When it was made, how, and where.
    skipHeader(6);
    skipOptional(flags);
    checksum.reset();
    memberBytes = 0;
    inflater.reset();
    inflater.setInput(buffer, position, end - position);
    withinMember = true;
    return true;
  }

  private void skipOptional(int flags) throws IOException {
    if ((flags & EXTRA) != 0) {
      int length = header();
      skipHeader(length | header() << 8);
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CHECKSUM) != 0) {
      int actual = (int) checksum.getValue() & 0xFFFF;
      int expected = header() | header() << 8;
      if (actual != expected) {
        throw damaged("has a header whose checksum does not match");
      }
    }
  }

  private void skipHeader(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      header();
    }
  }

  private void skipText() throws IOException {
    while (header() != 0) {
      // The name of a file, or a comment.
    }
  }

  private int header() throws IOException {
    int next = next("header");
    checksum.update(next);
    return next;
  }

  private void endMember() throws IOException {
    position = end - inflater.getRemaining();
    withinMember = false;
    if (trailer() != checksum.getValue()) {
      throw damaged("does not match its checksum");
    }
    if (trailer() != (memberBytes & 0xFFFF_FFFFL)) {
      throw damaged("does not match its length");
    }
  }

  private long trailer() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      value |= (long) next("trailer") << shift;
    }
    return value;
  }

  private int next(String part) throws IOException {
    if (position == end && !fill()) {
      throw damaged("is cut off within its " + part);
    }
    return buffer[position++] & 0xFF;
  }

  private boolean fill() throws IOException {
    position = 0;
    end = Math.max(0, in.read(buffer, 0, buffer.length));
    bytesIn += end;
    return end > 0;
  }

  private String place() {
    return member == 1 ? "" : "has a gzip member " + member + " that ";
  }

  private UnreadableBodyException damaged(String what) {
    return new UnreadableBodyException(place() + what, null);
  }

  /// Lets go of what decompresses, and leaves the stream below open.
  @Override
  public void close() {
    inflater.end();
  }
}
