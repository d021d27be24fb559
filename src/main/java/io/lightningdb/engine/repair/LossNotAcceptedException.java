package io.lightningdb.engine.repair;

import java.io.IOException;

/// The code of the losses accepted is not that of the losses there would be. Nothing was changed.
public final class LossNotAcceptedException extends IOException {
  private static final long serialVersionUID = 1L;

  LossNotAcceptedException(String given, String expected) {
    super(
        expected.isEmpty()
            ? "there is no loss to accept; leave the code %s out".formatted(given)
            : "the code %s is not that of these losses, which is %s; read the list again"
                .formatted(given, expected));
  }
}
