package io.lightningdb.engine.backup;

import io.lightningdb.engine.format.ByteReader;
import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.Checksum;

/// The last time that it was checked whether a backup can be restored. Immutable.
///
/// @param millis when it ended, in milliseconds since 1970-01-01T00:00Z
/// @param depth what was done
/// @param fault the first thing that was wrong; empty if all is well
public record Verification(long millis, Depth depth, String fault) {
  private static final long MAGIC = 0x0100_4952_5642_444CL;
  private static final int FAULT_LENGTH_MAX = 1000;

  /// Cuts a fault that is too long.
  public Verification {
    fault = fault.substring(0, Math.min(fault.length(), FAULT_LENGTH_MAX));
  }

  /// What was done.
  public enum Depth {
    /// Every object was read and compared with its size and checksum.
    OBJECTS(0),
    /// The backup was restored and every byte of the database checked.
    RESTORED(1);

    private final int code;

    Depth(int code) {
      this.code = code;
    }
  }

  /// Tells whether all is well.
  ///
  /// @return true if nothing was wrong
  public boolean isGood() {
    return fault.isEmpty();
  }

  byte[] encode() {
    ByteWriter body = new ByteWriter(64);
    body.varint(millis).u8(depth.code).string(fault);
    return SealedObject.encode(MAGIC, Checksum.TAG_BACKUP_VERIFIED, body);
  }

  static Verification decode(byte[] bytes) {
    ByteReader in = new ByteReader(SealedObject.decode(MAGIC, Checksum.TAG_BACKUP_VERIFIED, bytes));
    long millis = in.varintUpTo(Long.MAX_VALUE);
    Depth depth = in.u8() == Depth.OBJECTS.code ? Depth.OBJECTS : Depth.RESTORED;
    return new Verification(millis, depth, in.string(4 * FAULT_LENGTH_MAX));
  }
}
