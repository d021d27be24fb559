package io.lightningdb.engine.backup;

import io.lightningdb.engine.format.Attributes;
import io.lightningdb.engine.format.ByteReader;
import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.manifest.VersionEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the catalogue says of a backup: all that a restore has to know. Immutable. `format/README.md` has the bytes.
///
/// @param id its id, unique in the target
/// @param parent the backup that it builds on; empty for a full backup
/// @param createdMillis when the version was taken, in milliseconds since 1970-01-01T00:00Z
/// @param firstVersion version of the parent; 0 for a full backup
/// @param version the version that a restore opens at
/// @param state what the manifest said
/// @param files the run files of the state, and the log if there is one; each once
public record BackupEntry(
    String id,
    Optional<String> parent,
    long createdMillis,
    long firstVersion,
    long version,
    Version state,
    List<BackupFile> files) {
  private static final long MAGIC = 0x0100_4B41_4242_444CL;
  private static final int TEXT_BYTES_MAX = 256;

  /// Copies the list, and checks that state and files belong together.
  ///
  /// @throws IllegalArgumentException if they do not
  public BackupEntry {
    files = List.copyOf(files);
    checkFiles(state, files, version);
  }

  private static void checkFiles(Version state, List<BackupFile> files, long version) {
    Map<String, Long> sizes = new HashMap<>();
    for (BackupFile file : files) {
      if (sizes.put(file.name(), file.bytes()) != null) {
        throw new IllegalArgumentException("a backup lists " + file.name() + " twice");
      }
    }
    Map<String, Long> expected = new HashMap<>();
    for (KeyspaceRecord keyspace : state.keyspaces().values()) {
      for (RunRecord run : keyspace.runs()) {
        expected.put(FileFormat.run(run.fileId()), run.fileBytes());
      }
    }
    if (version > state.logStart().version()) {
      String log = FileFormat.log(state.logStart().sequence());
      expected.put(log, sizes.getOrDefault(log, -1L));
    }
    if (!expected.equals(sizes)) {
      throw new IllegalArgumentException("the files of a backup are not those of its state");
    }
  }

  /// Size of all its files, those of ancestors included.
  ///
  /// @return in bytes
  public long totalBytes() {
    return files.stream().mapToLong(BackupFile::bytes).sum();
  }

  /// Size of the files that were copied for this backup.
  ///
  /// @return in bytes
  public long ownBytes() {
    return files.stream()
        .filter(file -> file.owner().equals(id))
        .mapToLong(BackupFile::bytes)
        .sum();
  }

  /// Checksum of the whole: of names, sizes and checksums of all files.
  ///
  /// @return CRC-32C
  public int crc() {
    ByteWriter out = new ByteWriter(64 * files.size());
    writeFiles(out);
    return new Checksum()
        .begin(state.databaseId(), version, files.size())
        .update(out.array(), 0, out.length())
        .value();
  }

  /// The file of a name.
  ///
  /// @param name name in the data directory
  /// @return the file, or empty if the backup has none
  public Optional<BackupFile> file(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }

  byte[] encode() {
    ByteWriter body = new ByteWriter(4096);
    body.string(id).string(parent.orElse("")).varint(createdMillis);
    body.varint(firstVersion).varint(version).u64(state.databaseId());
    body.bytes(state.toEdit().encode().toByteArray());
    writeFiles(body);
    return SealedObject.encode(MAGIC, Checksum.TAG_BACKUP_ENTRY, body);
  }

  private void writeFiles(ByteWriter out) {
    out.varint(files.size());
    for (BackupFile file : files) {
      out.string(file.name()).string(file.owner()).varint(file.bytes()).u32(file.crc());
    }
  }

  /// Decodes an entry.
  ///
  /// @throws IllegalArgumentException if the bytes are no entry
  static BackupEntry decode(byte[] bytes) {
    ByteReader in = new ByteReader(SealedObject.decode(MAGIC, Checksum.TAG_BACKUP_ENTRY, bytes));
    String id = in.string(TEXT_BYTES_MAX);
    String parent = in.string(TEXT_BYTES_MAX);
    long createdMillis = in.varintUpTo(Long.MAX_VALUE);
    long firstVersion = in.varintUpTo(Long.MAX_VALUE);
    long version = in.varintUpTo(Long.MAX_VALUE);
    Version empty = Version.empty(in.u64());
    Version state = empty.apply(VersionEdit.decode(in.bytes(bytes.length)));
    BackupEntry entry =
        new BackupEntry(
            id,
            Optional.of(parent).filter(text -> !text.isEmpty()),
            createdMillis,
            firstVersion,
            version,
            state,
            readFiles(in));
    Attributes.pass(in);
    return entry;
  }

  private static List<BackupFile> readFiles(ByteReader in) {
    List<BackupFile> files = new ArrayList<>();
    for (long left = in.varintUpTo(Integer.MAX_VALUE); left > 0; left--) {
      files.add(
          new BackupFile(
              in.string(TEXT_BYTES_MAX),
              in.string(TEXT_BYTES_MAX),
              in.varintUpTo(Long.MAX_VALUE),
              in.u32()));
    }
    return files;
  }
}
