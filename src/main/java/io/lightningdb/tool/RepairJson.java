package io.lightningdb.tool;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.repair.Loss;
import io.lightningdb.engine.repair.OlderState;
import io.lightningdb.engine.repair.RepairReport;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// A repair as JSON, for those who look for what was lost in another place.
final class RepairJson {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private RepairJson() {}

  static String of(RepairReport report, OlderState older) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("lossCode", report.lossCode());
    document.put("olderState", older.name());
    document.put("lost", report.losses().stream().map(RepairJson::loss).toList());
    document.put("found", faults(report.found()));
    document.put("left", faults(report.left()));
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n";
  }

  /// Keys are base64, the end of a range is absent if it has none.
  private static Map<String, Object> loss(Loss loss) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("keyspace", loss.keyspace());
    members.put("file", loss.file());
    members.put("startBase64", base64(loss.keys().lower()));
    byte[] upper = loss.keys().upper();
    if (upper != null) {
      members.put("endBase64", base64(upper));
    }
    members.put("olderFiles", loss.olderFiles());
    return members;
  }

  private static String base64(byte[] key) {
    return Base64.getEncoder().encodeToString(key);
  }

  private static List<Map<String, Object>> faults(List<CorruptionException> faults) {
    return faults.stream()
        .map(fault ->
            Map.<String, Object>of(
                "file", fault.file(), "offset", fault.offset(), "reason", fault.reason()))
        .toList();
  }
}
