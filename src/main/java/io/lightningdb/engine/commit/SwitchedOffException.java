package io.lightningdb.engine.commit;

import java.io.IOException;

/// Commits are refused because somebody wanted that. Nothing has failed, and nothing was changed.
public final class SwitchedOffException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Has nothing to tell: whoever switched commits off knows why.
  SwitchedOffException() {
    super("commits are switched off");
  }
}
