package io.lightningdb.engine.manifest;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/// Reads a manifest and changes nothing. *Confined to one thread.*
public final class ManifestReader {
  private final ManifestRecords records;

  private ManifestReader(MemorySegment memory) throws CorruptionException, FormatTooNewException {
    this.records = new ManifestRecords(memory);
    records.verifyHeader(FileFormat.MANIFEST);
  }

  /// What a manifest says.
  ///
  /// @param version the state
  /// @param format of the file
  /// @param generation of the file
  /// @param cut where an unfinished edit at the end starts, if there is one
  public record Loaded(Version version, int format, int generation, OptionalLong cut) {}

  /// Reads the manifest of a directory.
  ///
  /// @param storage the data directory, which has a manifest
  /// @return what it says
  /// @throws CorruptionException if it is damaged
  /// @throws FormatTooNewException if a newer engine wrote it
  /// @throws IOException if it cannot be read
  public static Loaded read(Storage storage) throws IOException {
    MemorySegment copy = MemorySegment.ofArray(storage.read(FileFormat.MANIFEST));
    return new ManifestReader(copy).readAll();
  }

  private static CorruptionException damage(long position, String reason) {
    return new CorruptionException(FileFormat.MANIFEST, position, reason);
  }

  private Loaded readAll() throws CorruptionException {
    Version version = Version.empty(records.databaseId());
    long position = ManifestRecords.HEADER_BYTES;
    while (records.isRecord(position)) {
      VersionEdit edit = decode(position);
      version = apply(version, edit, position);
      position = records.end(position);
    }
    checkEnd(position);
    boolean cut = position < records.bytes();
    return new Loaded(
        version,
        records.format(),
        records.generation(),
        cut ? OptionalLong.of(position) : OptionalLong.empty());
  }

  private VersionEdit decode(long position) throws CorruptionException {
    try {
      return records.edit(position);
    } catch (IllegalArgumentException e) {
      throw damage(position, FailureText.of(e));
    }
  }

  private static Version apply(Version version, VersionEdit edit, long position)
      throws CorruptionException {
    try {
      return version.apply(edit);
    } catch (IllegalArgumentException e) {
      throw damage(position, FailureText.of(e));
    }
  }

  /// The first edit holds the whole state and was synced before the file had its name; a valid edit behind an invalid
  /// one proves that the invalid one was synced.
  private void checkEnd(long position) throws CorruptionException {
    if (position == ManifestRecords.HEADER_BYTES) {
      throw damage(position, "the state at the start of the manifest does not verify");
    }
    long later = records.nextRecord(position);
    if (later < records.bytes()) {
      throw damage(position, "an edit does not verify, and a later one at " + later + " does");
    }
  }
}
