package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.metrics.ReadLatency;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.share.ShareHolder;
import io.lightningdb.server.share.Shared;
import io.lightningdb.server.share.Shares;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.RequestDeadline;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/// Reads lists page by page, all pages of a list over one snapshot.
@Service
class PageService {
  private final Cursors cursors;
  private final CursorText cursorText;
  private final ReadLatency latency;
  private final Shares shares;
  private final long bytesMax;

  /// Called by Spring.
  ///
  /// @param cursors keeps lists between two pages
  /// @param cursorText writes and reads cursors
  /// @param latency times the reading of pages
  /// @param shares tells of the caller's share of lists
  /// @param settings bounds the size of pages
  PageService(
      Cursors cursors,
      CursorText cursorText,
      ReadLatency latency,
      Shares shares,
      LightningProperties settings) {
    this.cursors = cursors;
    this.cursorText = cursorText;
    this.latency = latency;
    this.shares = shares;
    this.bytesMax = settings.limits().pageBytesMax().toBytes();
  }

  /// Starts a list.
  ///
  /// @param keyspace where
  /// @param request what it shows
  /// @param folding how keys are folded, or null if they are not
  /// @param asked what was asked for
  /// @param snapshot what it is read at; closed with the list
  /// @return its first page
  Page first(
      Keyspace keyspace,
      PageRequest request,
      @Nullable Folding folding,
      FirstPage asked,
      Snapshot snapshot) {
    EntryWalk walk =
        new EntryWalk(
            keyspace,
            request.keys(),
            request.reverse(),
            request.fields(),
            snapshot,
            folding,
            asked);
    boolean kept = false;
    try {
      PageText text = new PageText(walk.fields(), request.keyEncoding(), bytesMax);
      byte[] last = fill(text, walk, walk.keys(), request.limit());
      Optional<String> cursor = Optional.empty();
      if (last != null) {
        cursor = Optional.of(cursorText.write(new CursorText.Place(keep(walk), last)));
        kept = true;
      }
      return text.toPage(walk.snapshot().version(), cursor);
    } finally {
      if (!kept) {
        walk.close();
      }
    }
  }

  private long keep(EntryWalk walk) {
    ShareHolder holder = ShareHolder.current();
    return cursors
        .add(walk, holder)
        .orElseThrow(
            () -> shares.refusal(ProblemType.OVERLOADED, Shared.CURSORS, holder).asException());
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
    walk.first().requireSame(reading.query());
    checkVersion(walk, reading.versionAtLeast());
    try {
      return next(walk, place, reading);
    } catch (EngineException.SnapshotEnded ended) {
      cursors.end(place.walk());
      throw ended;
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
  /// @param query all that was asked
  record Reading(KeyEncoding keyEncoding, int limit, OptionalLong versionAtLeast, Query query) {}

  private Page next(EntryWalk walk, CursorText.Place place, Reading reading) {
    PageText text = new PageText(walk.fields(), reading.keyEncoding(), bytesMax);
    Folding folding = walk.folding();
    KeySpan left =
        folding == null
            ? walk.keys().behind(place.position(), walk.reverse())
            : folding.behind(walk.keys(), place.position(), walk.reverse());
    byte[] last = fill(text, walk, left, reading.limit());
    Optional<String> cursor = Optional.empty();
    if (last == null) {
      cursors.end(place.walk());
    } else {
      cursor = Optional.of(cursorText.write(new CursorText.Place(place.walk(), last)));
    }
    return text.toPage(walk.snapshot().version(), cursor);
  }

  private byte @Nullable [] fill(PageText text, EntryWalk walk, @Nullable KeySpan keys, int limit) {
    Folding folding = walk.folding();
    if (folding != null) {
      return latency.scan(() -> fillFolded(text, walk, folding, keys, limit));
    }
    KeySpan all = Objects.requireNonNull(keys);
    return latency.scan(() -> {
      try (Scan scan = walk.keyspace().scan(all.toRange(walk.reverse()), walk.snapshot())) {
        return text.fill(scan, limit);
      }
    });
  }

  /// Leaps over what is folded by a new scan behind it, however much it is.
  private static byte @Nullable [] fillFolded(
      PageText text, EntryWalk walk, Folding folding, @Nullable KeySpan keys, int limit) {
    text.withPrefixes();
    KeySpan left = keys;
    while (left != null) {
      RequestDeadline.throwIfPast("The list");
      byte[] folded = null;
      try (Scan scan = walk.keyspace().scan(left.toRange(walk.reverse()), walk.snapshot())) {
        while (folded == null && scan.next()) {
          folded = folding.of(scan.key());
          boolean added = folded == null ? text.add(scan, limit) : text.addPrefix(folded, limit);
          if (!added) {
            return text.last();
          }
        }
      }
      left = folded == null ? null : folding.behind(walk.keys(), folded, walk.reverse());
    }
    return null;
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
}
