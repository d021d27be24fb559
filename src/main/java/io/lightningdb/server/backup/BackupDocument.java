package io.lightningdb.server.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.Verification;
import io.lightningdb.server.web.Words;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A backup as the catalogue describes it.
///
/// @param id names it
/// @param type full or incremental
/// @param parent the backup that an incremental one builds on
/// @param createdAt when its version was taken
/// @param firstVersion version of the parent; 0 for a full backup
/// @param version the version that a restore opens at
/// @param files number of its files
/// @param bytes size of its files, those of ancestors included
/// @param ownBytes size of the files that were copied for it
/// @param checksum of names, sizes and checksums of its files
/// @param lastVerification when it was last verified, and what was found
@JsonInclude(JsonInclude.Include.NON_NULL)
record BackupDocument(
    String id,
    String type,
    @Nullable String parent,
    Instant createdAt,
    long firstVersion,
    long version,
    int files,
    long bytes,
    long ownBytes,
    String checksum,
    @Nullable VerificationDocument lastVerification) {

  /// A verification.
  ///
  /// @param at when it ended
  /// @param depth what was done: objects (each was read), or restored (and the database checked)
  /// @param good whether nothing was wrong
  /// @param fault the first thing that was wrong
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record VerificationDocument(Instant at, String depth, boolean good, @Nullable String fault) {
    private static VerificationDocument of(Verification verification) {
      return new VerificationDocument(
          Instant.ofEpochMilli(verification.millis()),
          Words.of(verification.depth()),
          verification.isGood(),
          verification.isGood() ? null : verification.fault());
    }
  }

  static BackupDocument of(BackupEntry entry, Optional<Verification> verification) {
    return new BackupDocument(
        entry.id(),
        entry.parent().isPresent() ? "incremental" : "full",
        entry.parent().orElse(null),
        Instant.ofEpochMilli(entry.createdMillis()),
        entry.firstVersion(),
        entry.version(),
        entry.files().size(),
        entry.totalBytes(),
        entry.ownBytes(),
        HexFormat.of().toHexDigits(entry.crc()),
        verification.map(VerificationDocument::of).orElse(null));
  }
}
