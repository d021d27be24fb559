package io.lightningdb.engine.manifest;

import io.lightningdb.engine.format.ByteReader;
import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.ExpirySummary;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.engine.manifest.Change.Closed;
import io.lightningdb.engine.manifest.Change.Flushed;
import io.lightningdb.engine.manifest.Change.HistoryFloor;
import io.lightningdb.engine.manifest.Change.KeyspaceDropped;
import io.lightningdb.engine.manifest.Change.KeyspaceSet;
import io.lightningdb.engine.manifest.Change.LogStart;
import io.lightningdb.engine.manifest.Change.Moment;
import io.lightningdb.engine.manifest.Change.NextIds;
import io.lightningdb.engine.manifest.Change.Property;
import io.lightningdb.engine.manifest.Change.RunAdded;
import io.lightningdb.engine.manifest.Change.RunRemoved;
import io.lightningdb.engine.manifest.Change.Unread;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Changes of the state that become durable together. Immutable. `format/README.md` has the bytes.
///
/// @param changes in the order in which they apply
public record VersionEdit(List<Change> changes) {
  private static final int TEXT_BYTES_MAX = 1024;
  private static final int LEVEL_MAX = 64;
  private static final int OPTIONAL_TAG_MIN = 128;

  /// Copies the list.
  public VersionEdit {
    changes = List.copyOf(changes);
  }

  /// An edit of these changes.
  ///
  /// @param changes in order
  /// @return the edit
  public static VersionEdit of(Change... changes) {
    return new VersionEdit(List.of(changes));
  }

  /// Encodes the edit.
  ///
  /// @return the body of a manifest record
  public ByteWriter encode() {
    ByteWriter out = new ByteWriter(256);
    changes.forEach(change -> encode(change, out));
    return out;
  }

  private static void encode(Change change, ByteWriter out) {
    switch (change) {
      case KeyspaceSet(int id, String name, SortedMap<String, String> options) -> {
        out.u8(1).varint(id).string(name).varint(options.size());
        options.forEach((key, value) -> out.string(key).string(value));
      }
      case KeyspaceDropped(int id) -> out.u8(2).varint(id);
      case RunAdded(int keyspaceId, RunRecord run) -> {
        boolean expires = run.expiries().entries() > 0;
        int tag = expires ? 11 : run.isWhole() ? 3 : 10;
        encodeRun(out.u8(tag).varint(keyspaceId), run);
        if (expires) {
          run.expiries().write(out.varint(run.liveBytes()));
        } else if (!run.isWhole()) {
          out.varint(run.liveBytes());
        }
      }
      case RunRemoved(int keyspaceId, long fileId) -> out.u8(4).varint(keyspaceId).varint(fileId);
      case Flushed(int keyspaceId, long version) -> out.u8(5).varint(keyspaceId).varint(version);
      case LogStart(long sequence, long version) -> out.u8(6).varint(sequence).varint(version);
      case NextIds(long fileId, int keyspaceId, long row) ->
          out.u8(7).varint(fileId).varint(keyspaceId).varint(row);
      case Closed() -> out.u8(8);
      case HistoryFloor(int keyspaceId, long version) ->
          out.u8(9).varint(keyspaceId).varint(version);
      case Moment(long millis) -> out.u8(13).varint(millis);
      case Property(String name, String value) -> out.u8(18).string(name).string(value);
      case Unread(int tag, byte[] body) -> out.u8(tag).bytes(body);
    }
  }

  private static void encodeRun(ByteWriter out, RunRecord run) {
    out.varint(run.place().level()).varint(run.place().row()).varint(run.fileId());
    out.varint(run.fileBytes()).varint(run.entries()).varint(run.tombstones());
    out.varint(run.leastVersion()).varint(run.greatestVersion());
    byte[] upper = run.bounds().upper();
    out.bytes(run.bounds().lower()).u8(upper == null ? 0 : 1);
    out.bytes(upper == null ? new byte[0] : upper);
  }

  /// Decodes an edit.
  ///
  /// @param body of a manifest record
  /// @return the edit
  /// @throws IllegalArgumentException if the bytes are no edit
  public static VersionEdit decode(byte[] body) {
    ByteReader in = new ByteReader(body);
    List<Change> changes = new ArrayList<>();
    while (in.hasMore()) {
      changes.add(decodeChange(in));
    }
    return new VersionEdit(changes);
  }

  private static Change decodeChange(ByteReader in) {
    int tag = in.u8();
    return switch (tag) {
      case 1 -> new KeyspaceSet(id(in), in.string(TEXT_BYTES_MAX), options(in));
      case 2 -> new KeyspaceDropped(id(in));
      case 3 -> new RunAdded(id(in), decodeRun(in));
      case 10 -> new RunAdded(id(in), decodePart(in));
      case 11 -> new RunAdded(id(in), decodeExpiring(in));
      case 4 -> new RunRemoved(id(in), number(in));
      case 5 -> new Flushed(id(in), number(in));
      case 6 -> new LogStart(number(in), number(in));
      case 7 -> new NextIds(number(in), id(in), number(in));
      case 8 -> new Closed();
      case 9 -> new HistoryFloor(id(in), number(in));
      case 13 -> new Moment(number(in));
      case 18 -> new Property(in.string(TEXT_BYTES_MAX), in.string(TEXT_BYTES_MAX));
      default -> decodeUnread(tag, in);
    };
  }

  private static Change decodeUnread(int tag, ByteReader in) {
    if (tag < OPTIONAL_TAG_MIN) {
      throw new IllegalArgumentException("an edit has an item with the unknown tag " + tag);
    }
    return new Unread(tag, in.bytes(Limits.MANIFEST_RECORD_BYTES_MAX));
  }

  private static int id(ByteReader in) {
    return (int) in.varintUpTo(Integer.MAX_VALUE);
  }

  private static long number(ByteReader in) {
    return in.varintUpTo(Long.MAX_VALUE);
  }

  private static SortedMap<String, String> options(ByteReader in) {
    SortedMap<String, String> options = new TreeMap<>();
    long count = in.varintUpTo(TEXT_BYTES_MAX);
    for (long i = 0; i < count; i++) {
      options.put(in.string(TEXT_BYTES_MAX), in.string(TEXT_BYTES_MAX));
    }
    return options;
  }

  private static RunRecord decodeRun(ByteReader in) {
    int level = (int) in.varintUpTo(LEVEL_MAX);
    RunRecord.Place place = new RunRecord.Place(level, number(in));
    long fileId = number(in);
    long fileBytes = number(in);
    long entries = number(in);
    long tombstones = number(in);
    long leastVersion = number(in);
    long greatestVersion = number(in);
    return new RunRecord(
        fileId, place, fileBytes, entries, tombstones, leastVersion, greatestVersion, bounds(in));
  }

  private static RunRecord decodePart(ByteReader in) {
    RunRecord whole = decodeRun(in);
    long liveBytes = in.varintUpTo(whole.fileBytes() - 1);
    return whole.part(whole.bounds(), liveBytes);
  }

  private static RunRecord decodeExpiring(ByteReader in) {
    RunRecord whole = decodeRun(in);
    long liveBytes = in.varintUpTo(whole.fileBytes());
    RunRecord run = liveBytes == whole.fileBytes() ? whole : whole.part(whole.bounds(), liveBytes);
    return run.withExpiries(ExpirySummary.read(in));
  }

  private static KeyRange bounds(ByteReader in) {
    byte[] lower = in.bytes(Limits.KEY_BYTES_MAX + 1);
    boolean hasUpper = in.u8() == 1;
    byte[] upper = in.bytes(Limits.KEY_BYTES_MAX + 1);
    return new KeyRange(lower, hasUpper ? upper : null);
  }
}
