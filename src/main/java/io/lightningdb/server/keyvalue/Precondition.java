package io.lightningdb.server.keyvalue;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;

/// What If-Match and If-None-Match demand of an entry. Immutable.
///
/// @param match tags of which the entry must have one
/// @param noneMatch tags of which the entry must have none
/// @param mayBeAbsent whether the condition can hold where there is no entry
record Precondition(EntityTags match, EntityTags noneMatch, boolean mayBeAbsent) {

  /// Reads the condition of a request.
  ///
  /// @param request what was asked
  /// @return the condition; it always holds if the request has none
  static Precondition of(HttpServletRequest request) {
    return new Precondition(
        EntityTags.of(request, HttpHeaders.IF_MATCH),
        EntityTags.of(request, HttpHeaders.IF_NONE_MATCH),
        true);
  }

  /// Tells whether the request has no condition at all.
  ///
  /// @return true if every version will do
  boolean isAbsent() {
    return !match.isGiven() && !noneMatch.isGiven();
  }

  /// Tells whether nothing is demanded but that the entry exists.
  ///
  /// @return true for `If-Match: *` alone
  boolean isPresence() {
    return match.isAny() && !noneMatch.isGiven();
  }

  /// Tells whether the condition holds.
  ///
  /// @param version version of the entry, 0 if there is none
  /// @return true if it does
  boolean holdsFor(long version) {
    return (version != 0 || mayBeAbsent)
        && (!match.isGiven() || match.matchStrongly(version))
        && !noneMatch.matchWeakly(version);
  }

  /// This condition, and that there is an entry.
  ///
  /// @return a changed copy
  Precondition ofExisting() {
    return new Precondition(match, noneMatch, false);
  }

  /// A version for which a client most probably wrote the condition; the truth shows when it is tried.
  ///
  /// @return a version, 0 for no entry
  long likelyVersion() {
    return match.strong().isEmpty() ? 0 : match.strong().getFirst();
  }
}
