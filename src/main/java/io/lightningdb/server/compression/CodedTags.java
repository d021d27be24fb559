package io.lightningdb.server.compression;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// Entity tags of compressed answers. A strong tag names bytes, so a compressed answer has another one than the same
/// answer as it is: `"42"` becomes `"42-gzip"` (RFC 9110, 8.8.3.3). Clients need not know: what they give back in
/// conditions is taken for the tag that it was made of, by this request in place of the one that came.
///
/// A condition on what is read holds for the bytes that would be sent: `If-None-Match: "42-gzip"` is none on an answer
/// that the client does not want compressed. All other conditions are about the thing itself. `If-Range` is left alone:
/// parts are those of an answer as it is.
final class CodedTags extends HttpServletRequestWrapper {
  private static final String SUFFIX = "-gzip\"";

  private final boolean asksForCoded;

  private CodedTags(HttpServletRequest request, boolean asksForCoded) {
    super(request);
    this.asksForCoded = asksForCoded;
  }

  /// Reads conditions of a request, if it has any with a tag of a compressed answer.
  ///
  /// @param request what was asked
  /// @param asksForCoded whether its answer may be compressed
  /// @return the request, or one in its place
  static HttpServletRequest readIn(HttpServletRequest request, boolean asksForCoded) {
    boolean hasAny =
        contains(request.getHeader(HttpHeaders.IF_MATCH))
            || contains(request.getHeader(HttpHeaders.IF_NONE_MATCH));
    return hasAny ? new CodedTags(request, asksForCoded) : request;
  }

  private static boolean contains(@Nullable String tags) {
    return tags != null && tags.contains(SUFFIX);
  }

  /// The tag of an answer that is compressed.
  ///
  /// @param tag of the answer as it is
  /// @return the other one; a weak tag stays, as it says nothing of bytes
  static String coded(String tag) {
    return tag.startsWith("W/") || !tag.endsWith("\"")
        ? tag
        : tag.substring(0, tag.length() - 1) + SUFFIX;
  }

  /// Tells whether `If-None-Match` names the compressed form of an answer.
  ///
  /// @param request as it came
  /// @param tag of the answer as it is
  /// @return true if the client has it
  static boolean isKnownCoded(HttpServletRequest request, String tag) {
    String known = request.getHeader(HttpHeaders.IF_NONE_MATCH);
    return known != null && known.contains(coded(tag)) && !coded(tag).equals(tag);
  }

  private boolean isReadAsPlain(String name) {
    if (name.equalsIgnoreCase(HttpHeaders.IF_MATCH)) {
      return true;
    }
    boolean isRead = getMethod().equals("GET") || getMethod().equals("HEAD");
    return name.equalsIgnoreCase(HttpHeaders.IF_NONE_MATCH) && (asksForCoded || !isRead);
  }

  private static String plain(String tags) {
    return tags.replace(SUFFIX, "\"");
  }

  @Override
  public @Nullable String getHeader(String name) {
    String value = super.getHeader(name);
    return value != null && isReadAsPlain(name) ? plain(value) : value;
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    if (!isReadAsPlain(name)) {
      return super.getHeaders(name);
    }
    List<String> values = Collections.list(super.getHeaders(name));
    return Collections.enumeration(values.stream().map(CodedTags::plain).toList());
  }
}
