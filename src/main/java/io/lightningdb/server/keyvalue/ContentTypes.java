package io.lightningdb.server.keyvalue;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.MediaTypes;
import io.lightningdb.server.web.PercentDecoding;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/// Accepts values with their media types.
public final class ContentTypes {
  private ContentTypes() {}

  /// Makes a value of a body and its Content-Type.
  ///
  /// @param contentType the header; null means `application/octet-stream`
  /// @param bytes the body
  /// @return the value
  /// @throws ProblemException if the media type is not one, or says JSON of what is none
  public static StoredValue value(@Nullable String contentType, byte[] bytes) {
    String type = contentType == null ? StoredValue.OCTET_STREAM : contentType.strip();
    check(type);
    StoredValue value = new StoredValue(type, bytes);
    if (value.isJson()) {
      JsonText.fault(bytes).ifPresent(fault -> refuseJson(fault));
    } else if (StoredValue.namesUtf8(type) && !PercentDecoding.isUtf8(bytes)) {
      String detail = "The value is declared as UTF-8, but is not.";
      throw Problem.of(ProblemType.MALFORMED_REQUEST, detail).asException();
    }
    return value;
  }

  private static void refuseJson(String fault) {
    String detail = "The value is declared as JSON, but is not: " + fault + ".";
    throw Problem.of(ProblemType.MALFORMED_JSON, detail).asException();
  }

  /// Checks a media type that a value is to be stored with.
  ///
  /// @param contentType a media type
  /// @throws ProblemException if it is not concrete, too long, or none
  public static void check(String contentType) {
    if (StoredValue.isCoded(contentType)) {
      return;
    }
    if (contentType.length() > StoredValue.CONTENT_TYPE_LENGTH_MAX) {
      throw unsupported(
          "The media type has %d characters; at most %d are allowed."
              .formatted(contentType.length(), StoredValue.CONTENT_TYPE_LENGTH_MAX));
    }
    try {
      MediaType type = MediaType.parseMediaType(contentType);
      if (!StandardCharsets.US_ASCII.newEncoder().canEncode(contentType) || !type.isConcrete()) {
        throw unsupported("The media type is not a concrete one.");
      }
      if (StoredValue.isJson(contentType)) {
        MediaTypes.requireUtf8(type);
      }
    } catch (InvalidMediaTypeException e) {
      throw unsupported("The media type cannot be read: " + e.getMessage() + ".");
    }
  }

  private static ProblemException unsupported(String detail) {
    return Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, detail).asException();
  }
}
