package io.lightningdb.server.keyvalue;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// Bytes `first` up to `last` of a value, both included.
///
/// @param first index of the first byte, from 0
/// @param last index of the last byte, less than the length of the value
record ByteRange(int first, int last) {
  private static final Pattern ONE =
      Pattern.compile("bytes=\\s*([0-9]{0,18})\\s*-\\s*([0-9]{0,18})\\s*");

  /// Reads the header Range. One with another unit, with several ranges, or that makes no sense is as if it were not
  /// there, as HTTP has it.
  ///
  /// @param header the header, or null
  /// @param length of the value, in bytes
  /// @return the bytes asked for, or nothing if all of them are
  /// @throws ProblemException if the value has none of the bytes asked for
  static Optional<ByteRange> of(@Nullable String header, int length) {
    Matcher range = ONE.matcher(header == null ? "" : header);
    if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
      return Optional.empty();
    }
    if (range.group(1).isEmpty()) {
      return Optional.of(suffix(Long.parseLong(range.group(2)), length));
    }
    long first = Long.parseLong(range.group(1));
    long last = range.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(range.group(2));
    return last < first ? Optional.empty() : Optional.of(checked(first, last, length));
  }

  private static ByteRange suffix(long count, int length) {
    return checked(count == 0 ? length : Math.max(0, length - count), length, length);
  }

  private static ByteRange checked(long first, long last, int length) {
    if (first >= length) {
      String detail = "The value has " + length + " bytes, and those asked for start behind it.";
      throw Problem.of(ProblemType.RANGE_NOT_SATISFIABLE, detail)
          .withHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + length)
          .asException();
    }
    return new ByteRange((int) first, (int) Math.min(last, length - 1L));
  }

  /// Number of bytes.
  ///
  /// @return 1 or more
  int length() {
    return last - first + 1;
  }
}
