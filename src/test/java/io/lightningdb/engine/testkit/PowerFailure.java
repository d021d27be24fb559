package io.lightningdb.engine.testkit;

import java.io.IOException;

/// The simulated machine has no power: nothing that was asked of the disk happened, and nothing will.
public final class PowerFailure extends IOException {
  private static final long serialVersionUID = 1L;

  PowerFailure(String operation) {
    super("the power failed before: " + operation);
  }
}
