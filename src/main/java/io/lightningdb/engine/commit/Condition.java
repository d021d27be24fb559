package io.lightningdb.engine.commit;

/// What must hold of an entry for a commit to happen.
///
/// @param keyspaceId where the entry is
/// @param key its key; nobody changes the array
/// @param kind what must hold
/// @param version for [Kind#VERSION_EQUALS], the version; 0 means absent
public record Condition(int keyspaceId, byte[] key, Kind kind, long version) {

  /// Kinds of conditions.
  public enum Kind {
    /// The entry has exactly this version, or is absent if that is 0.
    VERSION_EQUALS,
    /// The entry exists.
    PRESENT,
    /// Always holds; asks for the version.
    OBSERVE
  }

  boolean holds(long actual) {
    return switch (kind) {
      case VERSION_EQUALS -> actual == version;
      case PRESENT -> actual != 0;
      case OBSERVE -> true;
    };
  }

  /// What was demanded, in words.
  ///
  /// @return a phrase
  public String demand() {
    return switch (kind) {
      case VERSION_EQUALS -> version == 0 ? "to be absent" : "to have version " + version;
      case PRESENT -> "to exist";
      case OBSERVE -> "to be looked at";
    };
  }
}
