package io.lightningdb.server.idempotency;

import io.lightningdb.engine.Durability;
import io.lightningdb.server.keyvalue.VersionDocument;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/// An answer as it is kept: a format number, the time, the digest of the payload, durability, tag,
/// and the body with the mark where its version goes.
///
/// @param createdMillis when, in milliseconds since 1970
/// @param payloadDigest SHA-256 of what was asked
/// @param draft the answer without its version
@SuppressWarnings("ArrayRecordComponent") // A plain carrier: never compared, never a map key.
record KeptAnswer(long createdMillis, byte[] payloadDigest, AnswerDraft draft) {
  private static final int FORMAT = 1;
  private static final int DIGEST_BYTES = 32;

  /// Compares payloads.
  ///
  /// @param digest of another request
  /// @return true if it asked the same
  boolean isFor(byte[] digest) {
    return MessageDigest.isEqual(payloadDigest, digest);
  }

  /// Writes what is stored.
  ///
  /// @return bytes for [#of]
  byte[] toStored() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeLong(createdMillis);
      out.write(payloadDigest);
      out.writeByte(draft.durability() == Durability.LOGGED ? 1 : 0);
      out.writeByte(draft.tag() == AnswerDraft.Tag.PRESENT ? 1 : 0);
      out.write(draft.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// Reads what was stored.
  ///
  /// @param stored bytes of [#toStored]
  /// @return the answer
  /// @throws IllegalStateException if another version of the service wrote it
  static KeptAnswer of(byte[] stored) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw new IllegalStateException("a kept answer has the unknown format " + format);
      }
      long createdMillis = in.readLong();
      byte[] digest = in.readNBytes(DIGEST_BYTES);
      Durability durability = in.readByte() == 1 ? Durability.LOGGED : Durability.SYNCED;
      AnswerDraft.Tag tag = in.readByte() == 1 ? AnswerDraft.Tag.PRESENT : AnswerDraft.Tag.ABSENT;
      return new KeptAnswer(
          createdMillis, digest, new AnswerDraft(durability, tag, in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The answer as it was given.
  ///
  /// @param version of the commit that kept it
  /// @return the answer
  ResponseEntity<byte[]> at(long version) {
    ResponseEntity.BodyBuilder answer =
        VersionDocument.answer(HttpStatus.OK, version, draft.durability())
            .header(IdempotentCalls.REPLAYED, "true")
            .contentType(MediaType.APPLICATION_JSON);
    if (draft.tag() == AnswerDraft.Tag.PRESENT) {
      answer.header(HttpHeaders.ETAG, "\"" + version + "\"");
    }
    return answer.body(bodyAt(version));
  }

  private byte[] bodyAt(long version) {
    byte[] number = Long.toString(version).getBytes(StandardCharsets.US_ASCII);
    int markLength = Long.toString(AnswerDraft.VERSION).length();
    ByteArrayOutputStream filled = new ByteArrayOutputStream(draft.body().length);
    int from = 0;
    for (int offset : draft.versionOffsets()) {
      filled.write(draft.body(), from, offset - from);
      filled.writeBytes(number);
      from = offset + markLength;
    }
    filled.write(draft.body(), from, draft.body().length - from);
    // Drafts of one object have none, and neither has what an earlier version kept.
    if (draft.body()[draft.body().length - 1] != '\n') {
      filled.write('\n');
    }
    return filled.toByteArray();
  }
}
