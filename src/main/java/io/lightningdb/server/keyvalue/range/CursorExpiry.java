package io.lightningdb.server.keyvalue.range;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Ends lists whose clients do not come back.
@Component
class CursorExpiry {
  private final Cursors cursors;

  /// Called by Spring.
  ///
  /// @param cursors the lists
  CursorExpiry(Cursors cursors) {
    this.cursors = cursors;
  }

  /// Called by Spring every second.
  @Scheduled(fixedDelay = 1000)
  void endExpired() {
    cursors.endExpired();
  }
}
