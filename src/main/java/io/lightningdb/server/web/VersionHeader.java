package io.lightningdb.server.web;

import io.lightningdb.server.Headers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.OptionalLong;

/// The header `Lightning-Version-At-Least`.
public final class VersionHeader {
  private VersionHeader() {}

  /// The version that the answer must be computed at or after.
  ///
  /// @param request what was asked
  /// @return the version, or nothing if the client does not care
  /// @throws io.lightningdb.server.problem.ProblemException if the header is not a version
  public static OptionalLong atLeast(HttpServletRequest request) {
    String text = request.getHeader(Headers.VERSION_AT_LEAST);
    if (text == null) {
      return OptionalLong.empty();
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw Query.invalid(
          Headers.VERSION_AT_LEAST, "must be a version: a whole number of at most 18 digits");
    }
    return OptionalLong.of(Long.parseLong(text));
  }
}
