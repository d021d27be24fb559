package io.lightningdb.client;

/** What an entry must be for a write to happen. Immutable. */
public final class Condition {
  private static final Condition ABSENT = new Condition(0, true);
  private static final Condition PRESENT = new Condition(0, false);

  private final long version;
  private final boolean exact;

  private Condition(long version, boolean exact) {
    this.version = version;
    this.exact = exact;
  }

  /**
   * There is no entry.
   *
   * @return the condition
   */
  public static Condition absent() {
    return ABSENT;
  }

  /**
   * There is an entry, of whatever version.
   *
   * @return the condition
   */
  public static Condition present() {
    return PRESENT;
  }

  /**
   * The entry has a version.
   *
   * @param version the {@linkplain Entry#version() version} that was read; 0 for no entry
   * @return the condition
   */
  public static Condition version(long version) {
    if (version < 0) {
      throw new IllegalArgumentException("the version is " + version + ", not 0 or more");
    }
    return version == 0 ? ABSENT : new Condition(version, true);
  }

  void applyTo(Call call) {
    if (!exact) {
      call.header("If-Match", "*");
    } else if (version == 0) {
      call.header("If-None-Match", "*");
    } else {
      call.header("If-Match", "\"" + version + "\"");
    }
  }

  /** The version that a batch asks for. */
  long ifVersion() {
    if (!exact) {
      throw new IllegalArgumentException("a batch knows the conditions absent and version only");
    }
    return version;
  }
}
