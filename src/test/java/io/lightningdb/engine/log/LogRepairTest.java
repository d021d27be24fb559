package io.lightningdb.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.format.CommitWriter;
import io.lightningdb.engine.testkit.Fault;
import io.lightningdb.engine.testkit.PowerFailure;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.VirtualClock;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A log whose process died before its last commits were durable, and whose repair meets a power failure or follows a
/// failed sync.
class LogRepairTest {
  private static final long DATABASE = 7;
  private static final int SEGMENT_BYTES = 64 << 10;
  private static final int OUTCOMES = 300;
  private static final LogScan.Start START = new LogScan.Start(DATABASE, 1, 0, false);

  /// The seal may reach the disk before the commits that it follows: it must not prove that they did.
  @Test
  void aPowerFailureWhileARepairIsSyncedLeavesALogThatCanBeRepaired() throws IOException {
    SimulatedStorage killed = logged(20).kill();
    LogScan.Result scan = scan(killed);
    killed.crashAt(killed.operations() + operationsOfRepair(logged(20).kill()));
    assertThatThrownBy(() -> LogRepair.repair(killed, scan)).isInstanceOf(PowerFailure.class);
    long longest = 0;
    for (long outcome = 0; outcome < OUTCOMES; outcome++) {
      SimulatedStorage left = killed.crash(outcome);
      longest = Math.max(longest, repaired(left));
    }
    assertThat(longest).isEqualTo(20);
  }

  /// What a failed sync kept from the disk is still in the page cache, and must be written again to get there.
  @Test
  void whatARepairHasSeenIsDurableThoughASyncHadFailed() throws IOException {
    for (long outcome = 0; outcome < OUTCOMES; outcome++) {
      SimulatedStorage disk = new SimulatedStorage();
      try (LogWriter log = writer(disk, 1, 0, List.of())) {
        appendLogged(log, 1, 20 + (int) outcome % 5);
        disk.failAt(disk.operations() + 1, new Fault(Fault.Kind.EIO, Fault.Span.ONCE));
        assertThatThrownBy(log::sync).isInstanceOf(IOException.class);
      }
      SimulatedStorage restarted = disk.kill();
      long seen = repaired(restarted);
      appendSynced(restarted, seen + 1);
      assertThat(repaired(restarted.crash(outcome))).isEqualTo(seen + 1);
    }
  }

  private static SimulatedStorage logged(int commits) throws IOException {
    SimulatedStorage disk = new SimulatedStorage();
    try (LogWriter log = writer(disk, 1, 0, List.of())) {
      appendLogged(log, 1, commits);
    }
    return disk;
  }

  private static LogWriter writer(
      SimulatedStorage disk, long sequence, long lastVersion, List<LogWriter.OldSegment> older)
      throws IOException {
    var salts = new SplittableRandom(sequence);
    var start = new LogWriter.Start(DATABASE, SEGMENT_BYTES, sequence, lastVersion, salts);
    return new LogWriter(disk, new VirtualClock(), start, older);
  }

  private static void appendLogged(LogWriter log, long first, int count) throws IOException {
    for (long version = first; version < first + count; version++) {
      byte[] body = body(version);
      log.append(version, body, body.length, AppendMode.STORE);
    }
  }

  private static void appendSynced(SimulatedStorage disk, long version) throws IOException {
    LogScan.Result found = scan(disk);
    List<LogWriter.OldSegment> older = LogRepair.repair(disk, found);
    long sequence = older.getLast().sequence() + 1;
    try (LogWriter log = writer(disk, sequence, version - 1, older)) {
      byte[] body = body(version);
      log.append(version, body, body.length, AppendMode.WRITE);
      log.awaitDurable(version);
    }
  }

  private static byte[] body(long version) {
    byte[] value = new byte[700];
    new SplittableRandom(version).nextBytes(value);
    CommitWriter commit = new CommitWriter(1024);
    commit.put(1, new byte[] {(byte) version}, value);
    commit.finish(version);
    return Arrays.copyOf(commit.bytes(), commit.length());
  }

  /// Scans and repairs; returns the newest version.
  private static long repaired(SimulatedStorage disk) throws IOException {
    LogScan.Result found = scan(disk);
    LogRepair.repair(disk, found);
    return found.lastVersion();
  }

  private static LogScan.Result scan(SimulatedStorage disk) throws IOException {
    return LogScan.run(disk, START, (_, _, _) -> {});
  }

  private static long operationsOfRepair(SimulatedStorage disk) throws IOException {
    LogScan.Result found = scan(disk);
    long before = disk.operations();
    LogRepair.repair(disk, found);
    return disk.operations() - before;
  }
}
