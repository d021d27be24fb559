package io.lightningdb.engine.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/// CRC-32C of bytes and of where they belong. *Confined to one thread at a time.*
///
/// The three numbers of the identity are those of the table in `README.md`.
public final class Checksum {
  /// First number of a log segment header's identity.
  public static final long TAG_LOG_HEADER = 0x48474F4C;

  /// First number of a manifest header's identity.
  public static final long TAG_MANIFEST_HEADER = 0x494E414D;

  /// First number of the identity of the catalogue entry of a backup.
  public static final long TAG_BACKUP_ENTRY = 0x4B434142;

  /// First number of the identity of the result of verifying a backup.
  public static final long TAG_BACKUP_VERIFIED = 0x46495256;

  /// First number of the identity of a piece of the archive.
  public static final long TAG_ARCHIVE_PIECE = 0x48435241;

  /// First number of the identity of the progress of the scrubber.
  public static final long TAG_SCRUB = 0x42524353;

  private static final int IDENTITY_BYTES = 24;
  private static final int COPY_BYTES_MAX = 16 << 10;

  private final CRC32C crc = new CRC32C();
  private final byte[] identity = new byte[IDENTITY_BYTES];
  private byte[] copied = new byte[0];

  /// Makes a calculator.
  public Checksum() {}

  /// Starts over with an identity.
  ///
  /// @param first first number
  /// @param second second number
  /// @param third third number
  /// @return this
  public Checksum begin(long first, long second, long third) {
    LittleEndian.putU64(identity, 0, first);
    LittleEndian.putU64(identity, 8, second);
    LittleEndian.putU64(identity, 16, third);
    crc.reset();
    crc.update(identity, 0, IDENTITY_BYTES);
    return this;
  }

  /// Takes in bytes.
  ///
  /// @param bytes the array
  /// @param offset index of the first
  /// @param length how many
  /// @return this
  public Checksum update(byte[] bytes, int offset, int length) {
    crc.update(bytes, offset, length);
    return this;
  }

  /// Takes in memory, which may be mapped: the bytes are copied first, since the checksum of a page that the disk does
  /// not deliver would end the process.
  ///
  /// @param memory the memory
  /// @param offset place of the first byte
  /// @param length how many bytes, less than 2 GiB
  /// @return this
  public Checksum update(MemorySegment memory, long offset, long length) {
    if (length < 0 || length > memory.byteSize() - offset) {
      throw new IndexOutOfBoundsException(length + " bytes at " + offset);
    }
    byte[] copy = copied;
    if (copy.length < Math.min(length, COPY_BYTES_MAX)) {
      copy = new byte[(int) Math.min(length, COPY_BYTES_MAX)];
      copied = copy;
    }
    for (long done = 0; done < length; ) {
      int count = (int) Math.min(copy.length, length - done);
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset + done, copy, 0, count);
      crc.update(copy, 0, count);
      done += count;
    }
    return this;
  }

  /// The checksum of everything since [#begin].
  ///
  /// @return 32 bits
  public int value() {
    return (int) crc.getValue();
  }
}
