package io.lightningdb.tool;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.repair.Loss;
import io.lightningdb.engine.repair.OlderState;
import io.lightningdb.engine.repair.RepairReport;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A repair as JSON, for those who look for what was lost in another place. Keys are base64; the end of a range is
/// absent if it has none.
final class RepairJson {
  private RepairJson() {}

  static String of(RepairReport report, OlderState older) {
    return """
    {
      "lossCode": %s,
      "olderState": %s,
      "lost": [%s],
      "found": [%s],
      "left": [%s]
    }
    """
        .formatted(
            quoted(report.lossCode()),
            quoted(older.name()),
            report.losses().stream().map(RepairJson::loss).collect(Collectors.joining(",\n    ")),
            faults(report.found()),
            faults(report.left()));
  }

  private static String loss(Loss loss) {
    byte[] upper = loss.keys().upper();
    return "{\"keyspace\": %s, \"file\": %s, \"startBase64\": %s%s, \"olderFiles\": %d}"
        .formatted(
            quoted(loss.keyspace()),
            quoted(loss.file()),
            base64(loss.keys().lower()),
            upper == null ? "" : ", \"endBase64\": " + base64(upper),
            loss.olderFiles());
  }

  private static String base64(byte[] key) {
    return quoted(Base64.getEncoder().encodeToString(key));
  }

  private static String faults(List<CorruptionException> faults) {
    return faults.stream()
        .map(fault ->
            "{\"file\": %s, \"offset\": %d, \"reason\": %s}"
                .formatted(quoted(fault.file()), fault.offset(), quoted(fault.reason())))
        .collect(Collectors.joining(",\n    "));
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
