package io.lightningdb.server.transaction;

import io.lightningdb.engine.Durability;
import io.lightningdb.server.Headers;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.Words;
import jakarta.servlet.http.HttpServletRequest;

/// The header `Lightning-Durability` of a commit, which no keyspace decides: a transaction may write to many.
final class CommitDurability {
  private CommitDurability() {}

  /// What a commit must survive before it is answered.
  ///
  /// @param request what was asked
  /// @return the durability, synced unless the request says otherwise
  /// @throws io.lightningdb.server.problem.ProblemException if the header is not one of the two words
  static Durability of(HttpServletRequest request) {
    String word = request.getHeader(Headers.DURABILITY);
    if (word == null) {
      return Durability.SYNCED;
    }
    return Words.find(Durability.class, word)
        .orElseThrow(
            () -> Query.invalid(Headers.DURABILITY, "must be " + Words.list(Durability.class)));
  }
}
