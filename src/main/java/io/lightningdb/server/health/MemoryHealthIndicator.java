package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.MemoryStats;
import io.lightningdb.server.problem.Reason;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `memory`: whether the parts of the database stay within their budget. It is down while they hold more. In
/// no group: what is too much goes with flushes, ends of transactions and scans, and a restart would only lose the
/// cache.
@Component("memoryHealthIndicator")
class MemoryHealthIndicator implements HealthIndicator {
  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  MemoryHealthIndicator(Database database) {
    this.database = database;
  }

  @Override
  public Health health() {
    try {
      MemoryStats memory = database.stats().memory();
      long held = held(memory);
      return (held <= memory.bytesMax() ? Health.up() : Health.down())
          .withDetail("bytes", held)
          .withDetail("bytesMax", memory.bytesMax())
          .build();
    } catch (EngineException e) {
      return Health.down().withDetail("reason", Reason.of(e)).build();
    }
  }

  private static long held(MemoryStats memory) {
    return memory.memtableBytes()
        + memory.cacheBytes()
        + memory.transactionBytes()
        + memory.snapshotBytes()
        + memory.embedderBytes()
        + memory.scanBytes()
        + memory.requestBytes()
        + memory.logBytes()
        + memory.runBytes()
        + memory.maintenanceBytes();
  }
}
