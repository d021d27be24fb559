package io.lightningdb.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What keys may hold after writes of which some were acknowledged, some refused, and of some nobody knows. One write of a key is under way
/// at a time. *Thread-safe.*
final class AcknowledgedWrites {
  private static final int PART_BYTES = 64 << 10;

  private final byte[] letters;
  private final byte[] decoded;

  // What may be read of a key. Without an acknowledged write, nothing as well.
  private final Map<String, Set<Written>> possible = new ConcurrentHashMap<>();
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

  /// How letters are stored.
  enum Form {
    /// As they are.
    PLAIN,
    /// Between quotation marks.
    QUOTED,
    /// As what they are the Base64 of.
    DECODED
  }

  /// What a key was given.
  ///
  /// @param form of it
  /// @param bytes its length, which tells it from the last ones of the same key
  /// @param number tells it from all others, those that look alike included
  record Written(Form form, long bytes, long number) {}

  /// Remembers nothing yet.
  ///
  /// @param letters repeated, what values are made of; a multiple of four
  AcknowledgedWrites(byte[] letters) {
    this.letters = letters;
    this.decoded = Base64.getDecoder().decode(letters);
  }

  /// A write is sent.
  void begin(String path, Written written) {
    possible.computeIfAbsent(path, _ -> ConcurrentHashMap.newKeySet()).add(written);
  }

  /// A write was answered.
  ///
  /// @param status what the answer was; 0 if there was none, or it does not tell of this write
  void end(String path, Written written, int status) {
    Set<Written> all = possible.computeIfAbsent(path, _ -> ConcurrentHashMap.newKeySet());
    if (status >= 200 && status < 300) {
      all.retainAll(Set.of(written));
      acknowledged.add(path);
    } else if (status != 0) {
      all.remove(written);
    }
  }

  /// Number of keys with an acknowledged write.
  int size() {
    return acknowledged.size();
  }

  /// One way to read a key.
  interface Reader {
    /// Reads a value.
    ///
    /// @return null if there is none
    @Nullable InputStream read(String path) throws IOException;
  }

  /// Reads every key that was written.
  ///
  /// @return those that hold something else than what was acknowledged last, or was sent since without being answered, and what they hold
  List<String> lost(Reader reader) {
    return possible.keySet().stream()
        .sorted()
        .flatMap(path -> Stream.ofNullable(fault(path, reader)).map(fault -> path + " " + fault))
        .toList();
  }

  private @Nullable String fault(String path, Reader reader) {
    try (InputStream in = reader.read(path)) {
      if (in == null) {
        return acknowledged.contains(path) ? "is gone" : null;
      }
      Set<Written> fitting = ConcurrentHashMap.newKeySet();
      fitting.addAll(possible.getOrDefault(path, Set.of()));
      long at = 0;
      for (byte[] part = in.readNBytes(PART_BYTES);
          part.length > 0;
          part = in.readNBytes(PART_BYTES)) {
        long from = at;
        byte[] read = part;
        fitting.removeIf(written -> !isPart(written, from, read));
        at += part.length;
      }
      long length = at;
      if (fitting.stream().anyMatch(written -> written.bytes() == length)) {
        return null;
      }
      return "holds " + length + " bytes, none of " + possible.get(path);
    } catch (IOException e) {
      return "cannot be read: " + e;
    }
  }

  private boolean isPart(Written written, long from, byte[] part) {
    byte[] block = written.form() == Form.DECODED ? decoded : letters;
    int quote = written.form() == Form.QUOTED ? 1 : 0;
    for (int i = 0; i < part.length; i++) {
      long at = from + i;
      boolean isQuote = quote == 1 && (at == 0 || at == written.bytes() - 1);
      byte expected =
          isQuote ? (byte) '"' : block[(int) ((at - quote + block.length) % block.length)];
      if (part[i] != expected) {
        return false;
      }
    }
    return true;
  }
}
