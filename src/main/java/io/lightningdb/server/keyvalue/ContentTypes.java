package io.lightningdb.server.keyvalue;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.MediaTypes;
import io.lightningdb.server.web.PercentDecoding;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/// Accepts values with their media types.
public final class ContentTypes {
  private static final int DECODED_CHARS = 1024;

  private ContentTypes() {}

  /// The media type of a body that is to be read.
  ///
  /// @param header Content-Type, or null if there is none, which means `application/octet-stream`
  /// @return a media type that a value can be stored with
  /// @throws ProblemException if it is none
  public static String ofHeader(@Nullable String header) {
    String type = header == null ? StoredValue.OCTET_STREAM : header.strip();
    check(type);
    return type;
  }

  /// Makes a value of its media type and its bytes.
  ///
  /// @param contentType the media type; null means `application/octet-stream`
  /// @param bytes the value as it was sent
  /// @return the value
  /// @throws ProblemException if the media type is not one, or says JSON of what is none
  public static StoredValue value(@Nullable String contentType, byte[] bytes) {
    String type = ofHeader(contentType);
    StoredValue value = new StoredValue(type, bytes);
    if (value.isJson()) {
      JsonText.fault(bytes).ifPresent(fault -> refuseJson(fault));
    } else if (StoredValue.namesUtf8(type)) {
      requireText(PercentDecoding.isUtf8(bytes), "UTF-8");
    } else {
      Charset charset = charset(type);
      requireText(charset == null || isText(bytes, charset), String.valueOf(charset));
    }
    return value;
  }

  private static void requireText(boolean isText, String charset) {
    if (!isText) {
      String detail = "The value is declared as " + charset + ", but is not.";
      throw Problem.of(ProblemType.MALFORMED_REQUEST, detail).asException();
    }
  }

  private static @Nullable Charset charset(String type) {
    return type.indexOf(';') < 0 ? null : MediaType.parseMediaType(type).getCharset();
  }

  private static boolean isText(byte[] bytes, Charset charset) {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    CharBuffer dropped = CharBuffer.allocate(DECODED_CHARS);
    CharsetDecoder decoder = charset.newDecoder();
    CoderResult result = decoder.decode(left, dropped, true);
    while (result.isOverflow()) {
      dropped.clear();
      result = decoder.decode(left, dropped, true);
    }
    return !result.isError();
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
