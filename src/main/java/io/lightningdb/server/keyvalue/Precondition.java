package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Entry;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// What If-Match and If-None-Match demand of an entry. Immutable.
///
/// @param match tags of which the entry must have one
/// @param noneMatch tags of which the entry must have none
/// @param mayBeAbsent whether the condition can hold where there is no entry
public record Precondition(EntityTags match, EntityTags noneMatch, boolean mayBeAbsent) {

  /// Stands for the version that an entry written by a transaction itself will have: no tag names it.
  private static final long OWN_VERSION = Long.MAX_VALUE;

  /// The version that conditions on an entry are compared with.
  ///
  /// @param entry what was read, or null if there is none
  /// @return its version, one that only `*` names if the reading transaction itself wrote it, or 0 for none
  public static long comparable(@Nullable Entry entry) {
    if (entry == null) {
      return 0;
    }
    return entry.version() == 0 ? OWN_VERSION : entry.version();
  }

  /// Reads the condition of a request.
  ///
  /// @param request what was asked
  /// @return the condition; it always holds if the request has none
  public static Precondition of(HttpServletRequest request) {
    return new Precondition(
        EntityTags.of(request, HttpHeaders.IF_MATCH),
        EntityTags.of(request, HttpHeaders.IF_NONE_MATCH),
        true);
  }

  /// Tells whether the request has no condition at all.
  ///
  /// @return true if every version will do
  public boolean isAbsent() {
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
  public boolean holdsFor(long version) {
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
