package io.lightningdb.server.transaction;

import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.range.FirstPage;
import io.lightningdb.server.keyvalue.range.KeySpan;
import io.lightningdb.server.keyvalue.range.PageRequest;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.Words;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/// What is left of a list in a transaction behind one of its pages. The transaction itself keeps what the list is read
/// at, so the cursor holds all the rest, and nothing rests in the service. Immutable.
///
/// @param keyspace name of the keyspace
/// @param keys the keys still to come
/// @param reverse true if they are walked from the last to the first
/// @param fields which parts of entries are answered
/// @param first what its first page was asked for
record TransactionCursor(
    String keyspace, KeySpan keys, boolean reverse, Set<EntryField> fields, FirstPage first) {

  /// The list as the client wants its next page.
  ///
  /// @param keyEncoding how keys are written
  /// @param limit most entries
  /// @return what to read
  PageRequest toRequest(KeyEncoding keyEncoding, int limit) {
    return new PageRequest(keys, reverse, fields, keyEncoding, limit);
  }

  /// The form that a cursor carries.
  ///
  /// @return bytes for [#of]
  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] end = keys.end();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(keyspace);
      out.writeBoolean(reverse);
      out.writeUTF(fields.stream().map(Words::of).collect(Collectors.joining(",")));
      first.writeTo(out);
      out.writeInt(keys.start().length);
      out.write(keys.start());
      out.writeInt(end == null ? -1 : end.length);
      if (end != null) {
        out.write(end);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// Reads what [#toBytes] made.
  ///
  /// @param bytes what a cursor carries
  /// @return the cursor
  /// @throws ProblemException if the bytes are those of another kind of list
  static TransactionCursor of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      String keyspace = in.readUTF();
      boolean reverse = in.readBoolean();
      Set<EntryField> fields = fields(in.readUTF());
      FirstPage first = FirstPage.readFrom(in);
      byte[] start = in.readNBytes(in.readInt());
      int endBytes = in.readInt();
      return new TransactionCursor(
          keyspace,
          new KeySpan(start, endBytes < 0 ? null : in.readNBytes(endBytes)),
          reverse,
          fields,
          first);
    } catch (IOException | IllegalArgumentException _) {
      throw anotherList();
    }
  }

  private static Set<EntryField> fields(String words) {
    return Arrays.stream(words.split(",", -1))
        .map(word -> Words.find(EntryField.class, word).orElseThrow(TransactionCursor::anotherList))
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Says that a cursor is used where it does not belong.
  ///
  /// @return an exception to throw
  static ProblemException anotherList() {
    return Problem.of(ProblemType.INVALID_CURSOR, "The cursor belongs to another list.")
        .asException();
  }
}
