package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Durability;
import io.lightningdb.server.Headers;
import io.lightningdb.server.web.Words;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
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
    return ResponseEntity.status(status(status, durability))
        .header(Headers.VERSION, Long.toString(version))
        .header(Headers.DURABILITY, Words.of(durability));
  }

  private static HttpStatus status(HttpStatus status, Durability durability) {
    return durability == Durability.LOGGED ? HttpStatus.ACCEPTED : status;
  }

  /// Answers a write at once and in one piece. What Spring makes of a body goes out in two, and takes three times as
  /// long as the write itself.
  ///
  /// @param status status of a write that is on stable storage
  /// @param durability what the write has survived
  /// @param response where to answer; headers may be set already
  /// @throws IOException if the client is gone
  void write(HttpStatus status, Durability durability, HttpServletResponse response)
      throws IOException {
    response.setStatus(status(status, durability).value());
    response.setHeader(Headers.VERSION, Long.toString(version));
    response.setHeader(Headers.DURABILITY, Words.of(durability));
    byte[] body = ("{\"version\":" + version + "}\n").getBytes(StandardCharsets.US_ASCII);
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
