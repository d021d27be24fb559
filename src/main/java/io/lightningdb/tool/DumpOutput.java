package io.lightningdb.tool;

import io.lightningdb.engine.format.CorruptionException;
import java.io.PrintWriter;

/// Where a dump goes: lines, a count of the damage, and a limit. *Confined to one thread.*
final class DumpOutput {
  private static final int CALLS_PER_CHECK = 100;

  private final PrintWriter out;
  private final Detail detail;
  private final long limit;
  private long calls;
  private long taken;
  private long damaged;

  /// How much is shown.
  enum Detail {
    /// Structures without their content.
    STRUCTURE,
    /// Content without values.
    KEYS,
    /// Everything.
    VALUES
  }

  DumpOutput(PrintWriter out, Detail detail, long limit) {
    this.out = out;
    this.detail = detail;
    this.limit = limit;
  }

  boolean showsContent() {
    return detail != Detail.STRUCTURE;
  }

  boolean showsValues() {
    return detail == Detail.VALUES;
  }

  void title(String text) {
    out.println(text);
  }

  /// A structure.
  ///
  /// @param position its offset in the file
  void at(long position, String text) {
    out.println("@" + position + " " + text);
  }

  /// Part of the structure before.
  void inside(String text) {
    out.println("    " + text);
  }

  void damage(long position, String reason) {
    damaged++;
    at(position, "DAMAGE: " + reason);
  }

  void damage(CorruptionException damage) {
    damage(damage.offset(), damage.reason());
  }

  /// Counts something that the limit is about. Returns false if it must not be shown any more.
  boolean take() {
    if (taken == limit) {
      out.println("stopped after " + limit + " (--limit)");
      return false;
    }
    taken++;
    return true;
  }

  /// Tells whether the reader is gone, soon after that happened: to find out costs a system call.
  boolean isDeserted() {
    return ++calls % CALLS_PER_CHECK == 0 && out.checkError();
  }

  /// Sums up. Returns the number of damaged places.
  long finish() {
    if (damaged > 0) {
      out.println(damaged == 1 ? "1 place is damaged" : damaged + " places are damaged");
    }
    return damaged;
  }
}
