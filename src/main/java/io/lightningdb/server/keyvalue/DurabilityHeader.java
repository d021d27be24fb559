package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.server.Headers;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.Words;
import jakarta.servlet.http.HttpServletRequest;

/// The header `Lightning-Durability`.
public final class DurabilityHeader {
  private DurabilityHeader() {}

  /// What a write must survive before it is answered.
  ///
  /// @param request what was asked
  /// @param keyspace decides if the request does not
  /// @return the durability
  /// @throws io.lightningdb.server.problem.ProblemException if the header is not one of the two words
  public static Durability of(HttpServletRequest request, Keyspace keyspace) {
    String word = request.getHeader(Headers.DURABILITY);
    if (word == null) {
      return keyspace.options().durability();
    }
    return Words.find(Durability.class, word)
        .orElseThrow(
            () -> Query.invalid(Headers.DURABILITY, "must be " + Words.list(Durability.class)));
  }
}
