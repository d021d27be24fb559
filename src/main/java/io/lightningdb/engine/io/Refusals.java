package io.lightningdb.engine.io;

import io.lightningdb.engine.io.ResourceExhaustedException.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Tells what the system refuses for want of something from what fails: the JDK passes on the text of an error, and not
/// its number.
///
/// The text is that of the C library in the language of the process. So the C library is asked for it, once, with the
/// numbers. Where it cannot be asked, it is taken to speak English.
final class Refusals {
  private static final int TEXT_BYTES_MAX = 1024;

  // As the C library says it without a translation, and the JDK itself.
  private static final Map<String, Resource> ENGLISH_TEXTS =
      Map.of(
          "Too many open files", Resource.DESCRIPTORS,
          "Cannot allocate memory", Resource.MEMORY,
          "Map failed", Resource.MEMORY,
          "Resource temporarily unavailable", Resource.MEMORY,
          "No space left on device", Resource.SPACE,
          "Disk quota exceeded", Resource.SPACE);

  private static final Refusals OF_PROCESS = new Refusals(textsOfSystem());

  private final Map<String, Resource> texts;

  /// What the system can have none left of, by the number that it has for it.
  private enum Want {
    ENFILE(23, 23, Resource.DESCRIPTORS),
    EMFILE(24, 24, Resource.DESCRIPTORS),
    ENOMEM(12, 12, Resource.MEMORY),
    EAGAIN(11, 35, Resource.MEMORY),
    ENOSPC(28, 28, Resource.SPACE),
    EDQUOT(122, 69, Resource.SPACE);

    private final int linux;
    private final int macos;
    private final Resource resource;

    Want(int linux, int macos, Resource resource) {
      this.linux = linux;
      this.macos = macos;
      this.resource = resource;
    }

    int number() {
      return System.getProperty("os.name", "").startsWith("Mac") ? macos : linux;
    }
  }

  /// Knows some texts, besides the English ones.
  ///
  /// @param textOf the text of an error by its number; null if there is none to be had
  Refusals(IntFunction<@Nullable String> textOf) {
    texts = new HashMap<>(ENGLISH_TEXTS);
    for (Want want : Want.values()) {
      String text = textOf.apply(want.number());
      if (text != null && !text.isBlank()) {
        texts.put(text, want.resource);
      }
    }
  }

  /// Asks for the texts: to be called before the system is short of anything, since a translation is a file that has to
  /// be opened.
  static void prepare() {
    // Done when this class was loaded.
  }

  /// Names the want behind a failed call that changes nothing when it fails.
  ///
  /// @return a [ResourceExhaustedException], or the failure itself if it is something else
  static IOException of(IOException failure) {
    Resource resource = OF_PROCESS.resource(failure);
    return resource == null ? failure : new ResourceExhaustedException(resource, failure);
  }

  static boolean isNoSpace(IOException failure) {
    return OF_PROCESS.resource(failure) == Resource.SPACE;
  }

  /// What there is none left of.
  ///
  /// @param failure as the JDK has thrown it
  /// @return null if it is something else
  @Nullable Resource resource(IOException failure) {
    String text =
        failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
    if (text == null) {
      return null;
    }
    return texts.entrySet().stream()
        .filter(each -> text.contains(each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  /// Asks the C library, which keeps no more than one text at a time.
  private static IntFunction<@Nullable String> textsOfSystem() {
    MethodHandle ask =
        MappingAdvice.function(
            "strerror", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    // As the JDK reads what the C library says.
    Charset charset =
        Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), Charset.defaultCharset());
    return number -> ask == null ? null : text(ask, number, charset);
  }

  @SuppressWarnings("restricted") // A text of C ends with a zero.
  private static @Nullable String text(MethodHandle ask, int number, Charset charset) {
    try {
      MemorySegment found = (MemorySegment) ask.invokeExact(number);
      if (found.equals(MemorySegment.NULL)) {
        return null;
      }
      MemorySegment text = found.reinterpret(TEXT_BYTES_MAX);
      var bytes = new ByteArrayOutputStream();
      for (int i = 0; i < TEXT_BYTES_MAX && text.get(ValueLayout.JAVA_BYTE, i) != 0; i++) {
        bytes.write(text.get(ValueLayout.JAVA_BYTE, i));
      }
      return bytes.toString(charset);
    } catch (Throwable e) {
      throw MappingAdvice.impossible(e);
    }
  }
}
