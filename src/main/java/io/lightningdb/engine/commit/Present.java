package io.lightningdb.engine.commit;

import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.io.Clock;

/// This moment, whenever it is asked for. *Thread-safe.*
///
/// @param visible tells the newest version
/// @param clock tells the time
public record Present(VisibleVersion visible, Clock clock) implements ReadMoment {
  @Override
  public long version() {
    return visible.get();
  }

  @Override
  public long instantMillis() {
    return clock.millis();
  }
}
