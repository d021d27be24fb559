package io.lightningdb.engine.compaction;

/// How fast writes may come in while flushes and merges are behind: pure functions.
///
/// Being behind is a fraction: 0 when nothing waits that should not, 1 when no more can be taken. In between, writes
/// get the rate at which the backlog is worked off, times `(1 - behind) / behind`. So an overload settles where as much
/// comes in as goes out, at about one half; the delay rises and falls with the backlog, without a step and without
/// memory.
public final class Backpressure {
  private static final double USUAL_MEMTABLES = 2;

  // Where there is no limit left: with time to catch up before writes would be slowed down at 1.
  private static final double PRESSURE_FULL = 0.75;

  private Backpressure() {}

  /// The backlog of a keyspace.
  ///
  /// @param memtablesFrozen memtables that wait for their flush
  /// @param activeFill how full the active memtable is, 0 to 1 or a little more
  /// @param rows rows of level 0
  public record Backlog(int memtablesFrozen, double activeFill, int rows) {}

  /// How much backlog there may be.
  ///
  /// @param memtablesFrozenMax most memtables that wait for their flush
  /// @param rowsBehind rows of level 0 beyond which merges are behind
  public record Bounds(int memtablesFrozenMax, int rowsBehind) {}

  /// How far flushes are behind.
  ///
  /// One memtable that fills while another is being flushed is nothing unusual.
  ///
  /// @param backlog of the keyspace
  /// @param bounds of the backlog
  /// @return 0 to 1
  public static double flushBacklog(Backlog backlog, Bounds bounds) {
    double most = bounds.memtablesFrozenMax();
    double waiting = backlog.memtablesFrozen() + Math.min(1, backlog.activeFill());
    return fraction(waiting, Math.min(USUAL_MEMTABLES, most / 2), most);
  }

  /// How far merges are behind.
  ///
  /// Memtables count as the rows that they will be, so that nothing jumps when one is flushed.
  ///
  /// @param backlog of the keyspace
  /// @param bounds of the backlog
  /// @return 0 to 1
  public static double compactionBacklog(Backlog backlog, Bounds bounds) {
    double rows = backlog.rows() + backlog.memtablesFrozen() + Math.min(1, backlog.activeFill());
    return fraction(rows, bounds.rowsBehind() / 2.0, bounds.rowsBehind() + 1.0);
  }

  /// How urgent flushes and merges are before they are behind: 0 as long as no more waits than what is done as a matter
  /// of course, 1 a while before [#flushBacklog] or [#compactionBacklog] is above 0.
  ///
  /// @param backlog of the keyspace
  /// @param bounds of the backlog
  /// @return 0 to 1
  public static double pressure(Backlog backlog, Bounds bounds) {
    double memtables = backlog.memtablesFrozen() + Math.min(1, backlog.activeFill());
    double usual = Math.min(USUAL_MEMTABLES, bounds.memtablesFrozenMax() / 2.0);
    double rows = backlog.rows() + memtables;
    double usualRows = bounds.rowsBehind() / 2.0;
    return Math.max(pressure(memtables, usual), pressure(rows, usualRows));
  }

  private static double pressure(double waiting, double slowsWritesDown) {
    return fraction(waiting, slowsWritesDown / 2, slowsWritesDown * PRESSURE_FULL);
  }

  /// The same for work on one level, which a backlog of new memtables says nothing about.
  ///
  /// @param urgency how far the level has grown beyond its bound, 1 for just so
  /// @return 0 to 1, which it is from twice the bound on
  static double pressure(double urgency) {
    return fraction(urgency, 1, 2);
  }

  /// How many times the limit set for flushes and merges they may write. So a limit set too low is exceeded by as much
  /// as it takes to keep up, and is none where writes would else be slowed down.
  ///
  /// @param pressure how urgent they are, 0 to 1
  /// @return 1 or more, infinite at 1
  static double speed(double pressure) {
    return 1 / (1 - pressure);
  }

  private static double fraction(double value, double from, double to) {
    return Math.clamp((value - from) / (to - from), 0, 1);
  }

  /// The rate at which writes may come in.
  ///
  /// @param behind above 0 and below 1
  /// @param workedOff bytes of writes that are worked off in a second
  /// @return bytes per second
  public static double bytesPerSecond(double behind, double workedOff) {
    return workedOff * (1 - behind) / behind;
  }
}
