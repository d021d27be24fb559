package io.lightningdb.engine.io;

import java.io.IOException;

/// The system has none left of what a call takes, and refused it before anything was changed: so the same call may
/// succeed later, and nothing that was done before is in doubt.
public final class ResourceExhaustedException extends IOException {
  private static final long serialVersionUID = 1L;

  /// What there is none left of.
  private final Resource resource;

  /// What a system can have none left of.
  public enum Resource {
    /// Open files, of the process or of the system.
    DESCRIPTORS("open files"),
    /// Memory or mappings of the system.
    MEMORY("memory"),
    /// Space on the disk.
    SPACE("space on the disk");

    private final String text;

    Resource(String text) {
      this.text = text;
    }

    /// As a phrase.
    ///
    /// @return the words that an operator knows it by
    public String text() {
      return text;
    }
  }

  /// A call was refused.
  ///
  /// @param resource what there is none left of
  /// @param cause what the system said
  public ResourceExhaustedException(Resource resource, IOException cause) {
    super(cause.getMessage(), cause);
    this.resource = resource;
  }

  /// What there is none left of.
  ///
  /// @return the resource
  public Resource resource() {
    return resource;
  }

  /// Finds out whether a failure came from a want that may pass, though something may have been changed before it was
  /// met.
  ///
  /// @param failure any failure
  /// @return true if it, or what caused it, is one of these, or a [NoSpaceException]
  public static boolean isBehind(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof ResourceExhaustedException || each instanceof NoSpaceException) {
        return true;
      }
    }
    return false;
  }
}
