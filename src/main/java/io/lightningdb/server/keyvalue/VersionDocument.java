package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Durability;
import io.lightningdb.server.Headers;
import io.lightningdb.server.web.Words;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/// The answer to a write.
///
/// @param version version of its commit
public record VersionDocument(long version) {

  /// Answers a write. One that is not yet on stable storage is accepted (202), whatever its status would be otherwise.
  ///
  /// @param status status of a write that is on stable storage
  /// @param version version of the commit
  /// @param durability what the write has survived
  /// @return status and headers of the answer, to which more may be added
  public static ResponseEntity.BodyBuilder answer(
      HttpStatus status, long version, Durability durability) {
    return ResponseEntity.status(durability == Durability.LOGGED ? HttpStatus.ACCEPTED : status)
        .header(Headers.VERSION, Long.toString(version))
        .header(Headers.DURABILITY, Words.of(durability));
  }
}
