package io.lightningdb.engine.manifest;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A manifest taken apart, whatever its state: for people who look at a single file. Changes nothing. *Confined to one
/// thread.*
///
/// Unlike [ManifestReader] it goes on behind damage.
public final class ManifestInspection {
  private final String name;
  private final ManifestRecords records;

  private long position = ManifestRecords.HEADER_BYTES;
  private @Nullable Version state;

  private ManifestInspection(String name, MemorySegment memory) {
    this.name = name;
    this.records = new ManifestRecords(memory);
    this.state = Version.empty(databaseId());
  }

  /// A part of the manifest.
  public sealed interface Item {
    /// Place in the file.
    ///
    /// @return bytes from its start
    long position();
  }

  /// An edit that verifies.
  ///
  /// @param position place in the file
  /// @param bodyBytes its encoded length
  /// @param edit what changes
  public record Edit(long position, int bodyBytes, VersionEdit edit) implements Item {}

  /// An edit that was not written to its end. It does not count.
  ///
  /// @param position place in the file
  /// @param bytes how many up to the end of the file
  public record Unfinished(long position, long bytes) implements Item {}

  /// Bytes that are not what was written.
  ///
  /// @param position place in the file
  /// @param bytes how many up to the next valid edit or the end
  /// @param reason what is wrong
  public record Damage(long position, long bytes, String reason) implements Item {}

  /// Reads a manifest.
  ///
  /// @param storage the directory of the file
  /// @param name its name, which may be any
  /// @return the inspection
  /// @throws IOException if it cannot be read
  public static ManifestInspection open(Storage storage, String name) throws IOException {
    return new ManifestInspection(name, MemorySegment.ofArray(storage.read(name)));
  }

  /// Size of the file.
  ///
  /// @return in bytes
  public long bytes() {
    return records.bytes();
  }

  private boolean hasHeader() {
    return records.bytes() >= ManifestRecords.HEADER_BYTES;
  }

  /// What the header says, right or wrong.
  ///
  /// @return number of the format, unsigned; 0 if the file is too short for a header
  public int format() {
    return hasHeader() ? records.format() : 0;
  }

  /// What the header says, right or wrong.
  ///
  /// @return features of the directory, 32 bits; 0 if the file is too short for a header
  public int features() {
    return hasHeader() ? records.features() : 0;
  }

  /// What the header says, right or wrong.
  ///
  /// @return id of the database, 0 if the file is too short for a header
  public long databaseId() {
    return hasHeader() ? records.databaseId() : 0;
  }

  /// What the header says, right or wrong.
  ///
  /// @return generation of the file, 0 if it is too short for a header
  public int generation() {
    return hasHeader() ? records.generation() : 0;
  }

  /// Checks the header.
  ///
  /// @throws CorruptionException if it is damaged
  /// @throws FormatTooNewException if a newer engine wrote it
  public void verifyHeader() throws CorruptionException, FormatTooNewException {
    records.verifyHeader(name);
  }

  /// Reads the next part.
  ///
  /// @return the part, or null at the end of the file
  public @Nullable Item next() {
    if (position >= records.bytes()) {
      return null;
    }
    long at = position;
    boolean whole = records.isRecord(at);
    position = whole ? records.end(at) : records.nextRecord(at);
    return whole ? record(at) : gap(at);
  }

  private Item record(long at) {
    try {
      VersionEdit edit = records.edit(at);
      Version before = state;
      state = before == null ? null : before.apply(edit);
      return new Edit(at, records.bodyBytes(at), edit);
    } catch (IllegalArgumentException e) {
      return damage(at, FailureText.of(e));
    }
  }

  private Item gap(long at) {
    if (at == ManifestRecords.HEADER_BYTES) {
      return damage(at, "the state at the start of the manifest does not verify");
    }
    return position < records.bytes()
        ? damage(at, "an edit does not verify, and a later one does")
        : new Unfinished(at, position - at);
  }

  private Damage damage(long at, String reason) {
    state = null;
    return new Damage(at, position - at, reason);
  }

  /// What the edits up to here make.
  ///
  /// @return the state, or null since an edit was damaged
  public @Nullable Version state() {
    return state;
  }
}
