package io.lightningdb.engine.compaction;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which policy suits the reads and writes of a keyspace, learnt window by window: a pure function of what was seen so
/// far and of the next window. Immutable.
///
/// It moves one step at a time, when a number of windows in a row have asked for the same direction, and asks for more
/// to turn back than to go on, so that a mix near a border changes nothing.
///
/// @param policy in force
/// @param wanted direction that the last windows asked for: -1 to fewer rows, 1 to more, 0 for none
/// @param windows how many windows in a row have asked for it
public record LayoutAdvisor(LayoutPolicy policy, int wanted, int windows) {
  /// From the fewest rows to the most.
  private static final List<LayoutPolicy> STEPS =
      List.of(LayoutPolicy.LEVELED, LayoutPolicy.LAZY_LEVELED, LayoutPolicy.TIERED);

  /// Windows that have to agree before anything changes.
  public static final int WINDOWS_AGREEING = 3;

  /// Fewer reads and writes than this say nothing.
  public static final long OPERATIONS_MIN = 1000;

  // Share of reads from which on fewer rows pay, and below which more rows do; and by how much the
  // mix has to pass a border.
  private static final double READ_MOSTLY = 0.9;
  private static final double WRITE_MOSTLY = 0.4;
  private static final double MARGIN = 0.03;
  private static final long SCANNED_PER_GET = 10;

  /// What happened in a window.
  ///
  /// @param gets point reads
  /// @param scans ranges read; each weighs as much as several gets, since it looks into every row
  /// @param writes changes of entries
  public record Mix(long gets, long scans, long writes) {
    long operations() {
      return gets + scans + writes;
    }

    double readShare() {
      double reads = gets + (double) SCANNED_PER_GET * scans;
      return reads / Math.max(1, reads + writes);
    }
  }

  /// A change, and why.
  ///
  /// @param from policy before
  /// @param to policy after
  /// @param reason for people
  public record Decision(LayoutPolicy from, LayoutPolicy to, String reason) {}

  /// What follows from a window.
  ///
  /// @param next what is known now
  /// @param decision empty if nothing changes
  public record Outcome(LayoutAdvisor next, Optional<Decision> decision) {}

  /// Starts in the middle.
  ///
  /// @return knows nothing yet
  public static LayoutAdvisor start() {
    return new LayoutAdvisor(LayoutPolicy.LAZY_LEVELED, 0, 0);
  }

  /// Takes in a window.
  ///
  /// @param mix what happened in it
  /// @return what follows
  public Outcome observe(Mix mix) {
    if (mix.operations() < OPERATIONS_MIN) {
      return new Outcome(this, Optional.empty());
    }
    int direction = direction(mix.readShare());
    if (direction == 0) {
      return new Outcome(new LayoutAdvisor(policy, 0, 0), Optional.empty());
    }
    int agreeing = direction == wanted ? windows + 1 : 1;
    if (agreeing < WINDOWS_AGREEING) {
      return new Outcome(new LayoutAdvisor(policy, direction, agreeing), Optional.empty());
    }
    LayoutPolicy to = STEPS.get(STEPS.indexOf(policy) + direction);
    Decision decision = new Decision(policy, to, reason(mix, agreeing));
    return new Outcome(new LayoutAdvisor(to, 0, 0), Optional.of(decision));
  }

  private int direction(double reads) {
    return switch (policy) {
      case LEVELED -> reads < READ_MOSTLY - MARGIN ? 1 : 0;
      case LAZY_LEVELED ->
          reads > READ_MOSTLY + MARGIN ? -1 : reads < WRITE_MOSTLY - MARGIN ? 1 : 0;
      case TIERED -> reads > WRITE_MOSTLY + MARGIN ? -1 : 0;
      case TIME_ORDERED -> 0;
    };
  }

  private static String reason(Mix mix, int agreeing) {
    return String.format(
        Locale.ROOT,
        "%d windows in a row; in the last one %.0f %% reads: %d gets, %d scans, %d writes",
        agreeing,
        100 * mix.readShare(),
        mix.gets(),
        mix.scans(),
        mix.writes());
  }
}
