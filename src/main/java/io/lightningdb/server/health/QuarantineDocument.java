package io.lightningdb.server.health;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.engine.integrity.QuarantinedBlock;
import io.lightningdb.server.web.Words;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A damaged block of a run, as operators see it. Keys are base64url without padding.
///
/// @param keyspace whose it is
/// @param file name of the file
/// @param offset place in the file
/// @param bytes its length, 0 if that is not known
/// @param start the least key that cannot be read, or not all of whose versions can
/// @param end the least key behind those; absent if there is no bound
/// @param foundAt when it was found
/// @param foundBy who found it
/// @param reason what is wrong
@JsonInclude(JsonInclude.Include.NON_NULL)
record QuarantineDocument(
    String keyspace,
    String file,
    long offset,
    long bytes,
    String start,
    @Nullable String end,
    Instant foundAt,
    String foundBy,
    String reason) {

  static QuarantineDocument of(QuarantinedBlock block) {
    byte[] upper = block.keys().upper();
    return new QuarantineDocument(
        block.keyspace(),
        block.file(),
        block.offset(),
        block.bytes(),
        text(block.keys().lower()),
        upper == null ? null : text(upper),
        Instant.ofEpochMilli(block.foundMillis()),
        Words.of(block.foundBy()),
        block.reason());
  }

  private static String text(byte[] key) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(key);
  }
}
