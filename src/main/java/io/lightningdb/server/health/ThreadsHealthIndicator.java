package io.lightningdb.server.health;

import io.lightningdb.server.failure.UncaughtFailures;
import io.lightningdb.server.failure.UncaughtFailures.LostThread;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `threads`: whether every thread of the service lives that should. It is down once one has died of a
/// failure, and says which and why. In the group `liveness`: only a new process has the thread again.
@Component("threadsHealthIndicator")
class ThreadsHealthIndicator implements HealthIndicator {

  /// Called by Spring.
  ThreadsHealthIndicator() {}

  @Override
  public Health health() {
    List<LostThread> lost =
        UncaughtFailures.installed().map(UncaughtFailures::lost).orElse(List.of());
    return lost.isEmpty() ? Health.up().build() : Health.down().withDetail("lost", lost).build();
  }
}
