package io.lightningdb.engine.testkit;

/// A failure of the simulated disk while the machine stays up.
///
/// @param kind what goes wrong
/// @param span how long it lasts
public record Fault(Kind kind, Span span) {

  /// What goes wrong.
  public enum Kind {
    /// The operation reports a device error. A failed write left nothing; a failed sync made an arbitrary part durable and
    /// forgets the rest, as Linux does: later syncs succeed without it.
    EIO("Input/output error"),
    /// There is no space. Meets creations and writes that make a file longer; the rest of the disk works.
    ENOSPC("No space left on device"),
    /// There are no descriptors. Meets whatever opens a file or the directory; files that are open work.
    EMFILE("Too many open files"),
    /// A write stops half way and reports an error. Meets nothing but writes.
    SHORT_WRITE("Input/output error after a part was written");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /// How long a fault lasts.
  public enum Span {
    /// One operation fails, the next ones work.
    ONCE,
    /// Every operation of that kind fails from now on.
    FROM_THEN_ON
  }

  boolean meets(Operation operation) {
    return switch (kind) {
      case EIO -> true;
      case ENOSPC -> operation == Operation.CREATE || operation == Operation.GROW;
      case EMFILE ->
          switch (operation) {
            case CREATE, OPEN, MAP, LIST, SYNC_DIRECTORY, LOCK -> true;
            case RENAME, DELETE, WRITE, GROW, STORE, SYNC -> false;
          };
      case SHORT_WRITE -> operation == Operation.WRITE || operation == Operation.GROW;
    };
  }
}
