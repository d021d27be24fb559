package io.lightningdb.server.keyvalue.range;

import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.keyvalue.ReadSnapshots;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.Words;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What the first page of a list was asked for: clients may repeat it with the cursor, as many do that add the cursor to a URL, and must not ask for
/// something else, which the list would not follow. Immutable.
///
/// Each parameter is kept as the first eight bytes of the SHA-256 of its meaning, 0 if it has none: a bound may have 4096 bytes, and these are
/// kept while a list rests, or travel with its cursor. Their meaning counts and not their text, so a bound may be repeated in another encoding.
///
/// @param prefix what keys were to begin with
/// @param start where keys were to begin
/// @param end where keys were to end
/// @param reverse whether the list was to go backwards
/// @param fields which parts of entries were wanted
/// @param at which past version was to be read
/// @param delimiter by which keys were to be folded
public record FirstPage(
    long prefix, long start, long end, long reverse, long fields, long at, long delimiter) {
  private static final Set<String> FREE =
      Set.of(PageRequest.CURSOR, PageRequest.LIMIT, KeyParameters.KEY_ENCODING);

  /// Reads what is asked for.
  ///
  /// @param query of a first page
  /// @return what it is
  /// @throws io.lightningdb.server.problem.ProblemException if a parameter is not as it must be
  public static FirstPage of(Query query) {
    return new FirstPage(
        digest(query, KeySpan.PREFIX),
        digest(query, KeySpan.START),
        digest(query, KeySpan.END),
        digest(query, PageRequest.REVERSE),
        digest(query, PageRequest.FIELDS),
        digest(query, ReadSnapshots.AT),
        digest(query, Folding.DELIMITER));
  }

  /// Reads what [#writeTo] wrote.
  ///
  /// @param in has 56 bytes
  /// @return the same
  /// @throws IOException if there are fewer
  public static FirstPage readFrom(DataInput in) throws IOException {
    return new FirstPage(
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong());
  }

  /// Writes it, for a cursor that carries it.
  ///
  /// @param out takes 56 bytes
  /// @throws IOException if it does not
  public void writeTo(DataOutput out) throws IOException {
    for (long each : List.of(prefix, start, end, reverse, fields, at, delimiter)) {
      out.writeLong(each);
    }
  }

  /// Refuses what would change the list.
  ///
  /// @param query what was asked with a cursor
  /// @throws io.lightningdb.server.problem.ProblemException if it has a parameter that the first page did not have, or with another
  ///     meaning; a limit and an encoding may change from page to page
  public void requireSame(Query query) {
    for (String name : query.names()) {
      if (!FREE.contains(name) && digest(query, name) != digest(name)) {
        String detail =
            "The parameter %s is another than that of the first page, and the list of a cursor is settled: repeat it as it was, or leave it out."
                .formatted(name);
        throw Problem.of(ProblemType.INVALID_CURSOR, detail).with("parameter", name).asException();
      }
    }
  }

  private long digest(String name) {
    return switch (name) {
      case KeySpan.PREFIX -> prefix;
      case KeySpan.START -> start;
      case KeySpan.END -> end;
      case PageRequest.REVERSE -> reverse;
      case PageRequest.FIELDS -> fields;
      case ReadSnapshots.AT -> at;
      case Folding.DELIMITER -> delimiter;
      default -> throw new IllegalArgumentException("no parameter of lists: " + name);
    };
  }

  private static long digest(Query query, String name) {
    return switch (name) {
      case KeySpan.PREFIX, KeySpan.START, KeySpan.END, Folding.DELIMITER ->
          digest(KeyParameters.bound(query, name));
      case PageRequest.REVERSE -> query.flag(name) ? 1 : 0;
      case PageRequest.FIELDS ->
          query
              .choices(name, EntryField.class)
              .filter(chosen -> !chosen.equals(EntryField.ALL))
              .map(chosen -> digest(text(chosen)))
              .orElse(0L);
      // 0 is a version, too.
      case ReadSnapshots.AT -> query.version(name).orElse(-1) + 1;
      default -> throw new IllegalArgumentException("no parameter of lists: " + name);
    };
  }

  private static byte[] text(Set<EntryField> fields) {
    return fields.stream()
        .map(Words::of)
        .collect(Collectors.toCollection(TreeSet::new))
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static long digest(byte[] meaning) {
    if (meaning.length == 0) {
      return 0;
    }
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(meaning)).getLong();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
