package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.EntryJson;
import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.core.JsonGenerator;

/// Reads lists page by page, all pages of a list over one snapshot.
@Service
class PageService {
  private final Cursors cursors;
  private final CursorText cursorText;
  private final long bytesMax;

  /// Called by Spring.
  ///
  /// @param cursors keeps lists between two pages
  /// @param cursorText writes and reads cursors
  /// @param settings bounds the size of pages
  PageService(Cursors cursors, CursorText cursorText, LightningProperties settings) {
    this.cursors = cursors;
    this.cursorText = cursorText;
    this.bytesMax = settings.limits().pageBytesMax().toBytes();
  }

  /// Starts a list.
  ///
  /// @param keyspace where
  /// @param request what it shows
  /// @param snapshot what it is read at; closed with the list
  /// @return its first page
  Page first(Keyspace keyspace, PageRequest request, Snapshot snapshot) {
    EntryWalk walk =
        new EntryWalk(keyspace, request.keys(), request.reverse(), request.fields(), snapshot);
    boolean kept = false;
    try {
      PageText text = new PageText(walk, request.keyEncoding());
      byte[] last = text.fill(walk.keys(), request.limit());
      Optional<String> cursor = Optional.empty();
      if (last != null) {
        cursor = Optional.of(cursorText.write(new CursorText.Place(cursors.add(walk), last)));
        kept = true;
      }
      return text.toPage(cursor);
    } finally {
      if (!kept) {
        walk.close();
      }
    }
  }

  /// Goes on with a list.
  ///
  /// @param keyspace where the client believes to be
  /// @param cursor what the last page ended with
  /// @param reading how the client wants the page
  /// @return the next page
  /// @throws ProblemException if the list has ended, or is another one
  Page next(Keyspace keyspace, String cursor, Reading reading) {
    CursorText.Place place = cursorText.read(cursor);
    EntryWalk walk = walk(keyspace, place);
    checkVersion(walk, reading.versionAtLeast());
    try {
      return next(walk, place, reading);
    } catch (EngineException.KeyspaceNotFound _) {
      throw expired();
    } catch (EngineException.Closed closed) {
      throw walk.snapshot().isOpen() ? closed : expired();
    }
  }

  /// How a client wants the next page of a list.
  ///
  /// @param keyEncoding how keys are written
  /// @param limit most entries
  /// @param versionAtLeast version that the client wants to see, if any
  record Reading(KeyEncoding keyEncoding, int limit, OptionalLong versionAtLeast) {}

  private Page next(EntryWalk walk, CursorText.Place place, Reading reading) {
    PageText text = new PageText(walk, reading.keyEncoding());
    byte[] last = text.fill(walk.keys().behind(place.position(), walk.reverse()), reading.limit());
    if (last == null) {
      cursors.end(place.walk());
      return text.toPage(Optional.empty());
    }
    return text.toPage(Optional.of(cursorText.write(new CursorText.Place(place.walk(), last))));
  }

  private EntryWalk walk(Keyspace keyspace, CursorText.Place place) {
    Walk walk = cursors.find(place.walk()).orElseThrow(PageService::expired);
    if (walk instanceof EntryWalk entries && entries.keyspace().name().equals(keyspace.name())) {
      return entries;
    }
    throw Problem.of(ProblemType.INVALID_CURSOR, "The cursor belongs to another list.")
        .asException();
  }

  private static void checkVersion(EntryWalk walk, OptionalLong versionAtLeast) {
    long version = walk.snapshot().version();
    if (versionAtLeast.isPresent() && versionAtLeast.getAsLong() > version) {
      String detail =
          "The list is read at version " + version + ", which is before the version asked for.";
      throw Problem.of(ProblemType.INVALID_CURSOR, detail).asException();
    }
  }

  private static ProblemException expired() {
    return Problem.of(ProblemType.CURSOR_EXPIRED, ProblemType.CURSOR_EXPIRED.meaning())
        .asException();
  }

  /// The text of one page while it is written.
  private final class PageText {
    private final EntryWalk walk;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final JsonGenerator json = JsonText.generator(bytes);
    private final EntryJson entries;

    PageText(EntryWalk walk, KeyEncoding keyEncoding) {
      this.walk = walk;
      this.entries = new EntryJson(json, keyEncoding, walk.fields());
      json.writeStartObject().writeArrayPropertyStart("entries");
    }

    /// Writes entries until the page is full or the keys are at their end.
    ///
    /// @return the last key written if more are to come, else null
    byte @Nullable [] fill(KeySpan keys, int limit) {
      boolean withValues = walk.fields().contains(EntryField.VALUE);
      long used = 0;
      byte[] last = null;
      try (Scan scan = walk.keyspace().scan(keys.toRange(walk.reverse()), walk.snapshot())) {
        for (int count = 0; scan.next(); count++) {
          byte[] key = scan.key();
          used += key.length + (withValues ? scan.valueBytes() : 0);
          if (count == limit || (last != null && used > bytesMax)) {
            return last;
          }
          entries.write(key, withValues ? scan.value() : null, scan.version());
          last = key;
        }
      }
      return null;
    }

    Page toPage(Optional<String> cursor) {
      long version = walk.snapshot().version();
      json.writeEndArray();
      cursor.ifPresent(text -> json.writeStringProperty("cursor", text));
      json.writeNumberProperty("version", version).writeEndObject().close();
      return new Page(bytes.toByteArray(), version, cursor);
    }
  }
}
