package io.lightningdb.server.health;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.io.FileModes;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.target.TargetAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/// Files and directories of the service that more than its user may read or write, as found at the start. Those it
/// makes itself have modes 0600 and 0700; older versions, copies and volumes may bring others. *Immutable.*
@Component
class ModesAtStart {
  private static final Logger LOG = LoggerFactory.getLogger(ModesAtStart.class);

  private final Map<String, String> wider;

  /// Looks at all places.
  ///
  /// @param settings name them
  /// @param database open, so that the data directory exists
  /// @param logFile the file that the log is written to, empty for none
  ModesAtStart(
      LightningProperties settings,
      Database database,
      @Value("${logging.file.name:}") String logFile) {
    this.wider = find(places(settings, logFile));
  }

  private static Map<String, Path> places(LightningProperties settings, String logFile) {
    Map<String, Path> places = new LinkedHashMap<>();
    places.put("data", settings.directory());
    String backups = settings.backup().directory();
    if (!backups.isBlank()
        && TargetAddress.parse(backups) instanceof TargetAddress.Directory(Path directory)) {
      places.put("backups", directory);
    }
    String audit = settings.security().auditFile();
    if (!audit.isBlank()) {
      places.put("audit", Path.of(audit));
    }
    if (!logFile.isBlank()) {
      places.put("log", Path.of(logFile));
    }
    return places;
  }

  private static Map<String, String> find(Map<String, Path> places) {
    Map<String, String> found = new LinkedHashMap<>();
    places.forEach((name, path) -> {
      try {
        FileModes.wider(path).ifPresent(wider -> found.put(name, told(path, wider)));
      } catch (IOException e) {
        LOG.warn("Modes of files in {} cannot be read", path, e);
      }
    });
    return Map.copyOf(found);
  }

  private static String told(Path path, FileModes.Wider wider) {
    LOG.warn(
        "{} files and directories in {} may be used by others than the user of this process, such as {} ({});"
            + " to end that: chmod -R go-rwx {}",
        wider.paths(),
        path,
        wider.example(),
        wider.mode(),
        path);
    return "%d files and directories, such as %s (%s)"
        .formatted(wider.paths(), wider.example().getFileName(), wider.mode());
  }

  /// What was found.
  ///
  /// @return a phrase for each of `data`, `backups`, `audit` and `log` where there is something
  Map<String, String> wider() {
    return wider;
  }
}
