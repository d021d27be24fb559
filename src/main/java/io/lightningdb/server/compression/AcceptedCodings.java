package io.lightningdb.server.compression;

import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a client says of compression by `Accept-Encoding` (RFC 9110, 12.5.3). Immutable.
///
/// @param gzip whether it would rather have gzip than the answer as it is
/// @param plain whether it takes an answer as it is
record AcceptedCodings(boolean gzip, boolean plain) {
  /// Nothing is said, or nothing that can be read.
  static final AcceptedCodings PLAIN = new AcceptedCodings(false, true);

  private static final Pattern ELEMENT =
      Pattern.compile(
          "([!#$%&'*+.^_`|~0-9a-z-]+)[ \\t]*(?:;[ \\t]*q=(0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?))?");
  private static final double UNSAID = -1;

  /// Reads the header.
  ///
  /// @param lines all lines of it
  /// @return what it says; as if it were not there if it cannot be read
  static AcceptedCodings of(Enumeration<String> lines) {
    if (!lines.hasMoreElements()) {
      return PLAIN;
    }
    List<String> all = Collections.list(lines);
    double gzip = UNSAID;
    double identity = UNSAID;
    double others = UNSAID;
    for (String text : String.join(",", all).split(",", -1)) {
      String element = text.strip().toLowerCase(Locale.ROOT);
      if (element.isEmpty()) {
        continue;
      }
      Matcher matcher = ELEMENT.matcher(element);
      if (!matcher.matches()) {
        return PLAIN;
      }
      double weight = matcher.group(2) == null ? 1 : Double.parseDouble(matcher.group(2));
      switch (matcher.group(1)) {
        // The old name of the same.
        case "gzip", "x-gzip" -> gzip = Math.max(gzip, weight);
        case "identity" -> identity = Math.max(identity, weight);
        case "*" -> others = Math.max(others, weight);
        default -> {}
      }
    }
    return of(gzip, identity, others);
  }

  private static AcceptedCodings of(double gzip, double identity, double others) {
    double ofGzip = gzip == UNSAID ? others : gzip;
    // What is not said of the answer as it is only means that it is taken if there is nothing else.
    boolean wanted = ofGzip > 0 && ofGzip >= identity;
    double ofIdentity = identity == UNSAID ? others : identity;
    return new AcceptedCodings(wanted, !wanted || ofIdentity != 0);
  }
}
