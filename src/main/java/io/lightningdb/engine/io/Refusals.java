package io.lightningdb.engine.io;

import io.lightningdb.engine.io.ResourceExhaustedException.Resource;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tells what the system refuses for want of something from what fails: the JDK passes on the text of an error, and not its number.
final class Refusals {
  // As the C library says it without a translation, which the JVM of a server has none of.
  private static final Map<String, Resource> TEXTS =
      Map.of(
          "Too many open files", Resource.DESCRIPTORS, // EMFILE, and ENFILE "... in system"
          "Cannot allocate memory", Resource.MEMORY, // ENOMEM
          "Map failed", Resource.MEMORY, // ENOMEM, as the JDK says it
          "Resource temporarily unavailable", Resource.MEMORY, // EAGAIN
          "No space left on device", Resource.SPACE, // ENOSPC
          "Disk quota exceeded", Resource.SPACE); // EDQUOT

  private Refusals() {}

  /// Names the want behind a failed call that changes nothing when it fails.
  ///
  /// @return a [ResourceExhaustedException], or the failure itself if it is something else
  static IOException of(IOException failure) {
    Resource resource = resource(failure);
    return resource == null ? failure : new ResourceExhaustedException(resource, failure);
  }

  static boolean isNoSpace(IOException failure) {
    return resource(failure) == Resource.SPACE;
  }

  private static @Nullable Resource resource(IOException failure) {
    String text =
        failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
    if (text == null) {
      return null;
    }
    return TEXTS.entrySet().stream()
        .filter(each -> text.contains(each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }
}
