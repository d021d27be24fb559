package io.lightningdb.engine.backup;

import io.lightningdb.engine.format.ByteReader;
import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.CommitReader;
import io.lightningdb.engine.format.LogFormat;
import java.util.ArrayList;
import java.util.List;

/// Commits in a row as the archive keeps them, with the keyspaces that there were when they were archived. Immutable.
/// `format/README.md` has the bytes.
///
/// @param range which commits
/// @param nextKeyspaceId greater than every id of a keyspace
/// @param keyspaces those that existed when the piece was written
/// @param dropped those dropped since the piece before was written
/// @param commits the bodies, in the order of their versions
record ArchivePiece(
    ArchiveRange range,
    int nextKeyspaceId,
    List<KeyspaceDefinition> keyspaces,
    List<ArchiveSource.Drop> dropped,
    List<byte[]> commits) {
  private static final long MAGIC = 0x0100_4352_4142_444CL;

  ArchivePiece {
    keyspaces = List.copyOf(keyspaces);
    dropped = List.copyOf(dropped);
    commits = List.copyOf(commits);
    if (commits.size() != range.last() - range.first() + 1) {
      throw new IllegalArgumentException("it has " + commits.size() + " commits");
    }
  }

  byte[] encode() {
    ByteWriter body = new ByteWriter(1 << 16);
    body.varint(range.timeline()).varint(range.first()).varint(range.last());
    body.varint(nextKeyspaceId).varint(keyspaces.size());
    keyspaces.forEach(keyspace -> keyspace.write(body));
    body.varint(dropped.size());
    for (ArchiveSource.Drop each : dropped) {
      each.keyspace().write(body.varint(each.version()));
    }
    commits.forEach(body::bytes);
    return SealedObject.encode(MAGIC, Checksum.TAG_ARCHIVE_PIECE, body);
  }

  /// Decodes a piece.
  ///
  /// @throws IllegalArgumentException if the bytes are no piece
  static ArchivePiece decode(byte[] bytes) {
    ByteReader in = new ByteReader(SealedObject.decode(MAGIC, Checksum.TAG_ARCHIVE_PIECE, bytes));
    ArchiveRange range = new ArchiveRange(number(in), number(in), number(in), false);
    int nextKeyspaceId = (int) in.varintUpTo(Integer.MAX_VALUE);
    List<KeyspaceDefinition> keyspaces = new ArrayList<>();
    for (long left = in.varintUpTo(Integer.MAX_VALUE); left > 0; left--) {
      keyspaces.add(KeyspaceDefinition.read(in));
    }
    List<ArchiveSource.Drop> dropped = new ArrayList<>();
    for (long left = in.varintUpTo(Integer.MAX_VALUE); left > 0; left--) {
      long version = number(in);
      dropped.add(new ArchiveSource.Drop(KeyspaceDefinition.read(in), version));
    }
    return new ArchivePiece(range, nextKeyspaceId, keyspaces, dropped, commits(in));
  }

  private static long number(ByteReader in) {
    return in.varintUpTo(Long.MAX_VALUE);
  }

  private static List<byte[]> commits(ByteReader in) {
    List<byte[]> commits = new ArrayList<>();
    while (in.hasMore()) {
      commits.add(in.bytes(LogFormat.BODY_BYTES_MAX));
    }
    return commits;
  }

  /// When a commit was made, as it says.
  static long millis(byte[] commit) {
    return new CommitReader(commit, commit.length).timeMillis();
  }
}
