package io.lightningdb.engine.run;

import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.format.ExpiryTime;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What a run has of a key, be it a deletion or expired.
///
/// @param value empty for a deletion
/// @param version of the commit that wrote it
/// @param expiryMillis when it expires
public record Found(byte[] value, long version, long expiryMillis) {
  private static final Projection<Found> EVERYTHING =
      new Projection<>() {
        private final Found absent = new Found(new byte[0], 0, ExpiryTime.NEVER);

        @Override
        public Found of(byte[] value, long version, long expiryMillis) {
          return new Found(value, version, expiryMillis);
        }

        @Override
        public Found absent() {
          return absent;
        }

        @Override
        public boolean isThere(
            int kind, long version, long expiryMillis, long covered, ReadMoment moment) {
          return true;
        }
      };

  /// Looks into a run.
  ///
  /// @param run the run
  /// @param key any key
  /// @param version newest version that is seen
  /// @return what is there, or null
  /// @throws IOException if the run cannot be read or is damaged
  public static @Nullable Found in(Run run, byte[] key, long version) throws IOException {
    return run.find(key, version, 0, ReadMoment.of(version, ExpiryTime.BEFORE_ALL), EVERYTHING);
  }
}
