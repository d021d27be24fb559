package io.lightningdb.server.operation;

import io.lightningdb.engine.io.FileModes;
import io.lightningdb.server.settings.LightningProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Keeps operations over a restart, in `operations.json` of the data directory. *Guarded by its own monitor.*
///
/// It is a record for operators: where it cannot be written or read, work goes on without it and the log says so.
@Component
class OperationFile {
  private static final Logger LOG = LoggerFactory.getLogger(OperationFile.class);

  private final Path file;
  private final JsonMapper json;

  /// Called by Spring.
  ///
  /// @param settings names the data directory
  /// @param json reads and writes JSON
  OperationFile(LightningProperties settings, JsonMapper json) {
    this.file = settings.directory().resolve("operations.json");
    this.json = json;
  }

  synchronized List<Operation> read() {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return json.readValue(Files.readAllBytes(file), new TypeReference<List<Operation>>() {});
    } catch (IOException | JacksonException e) {
      LOG.warn("The record of earlier operations, {}, cannot be read and is begun anew", file, e);
      return List.of();
    }
  }

  synchronized void write(List<Operation> operations) {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(next);
      FileModes.write(next, json.writeValueAsBytes(operations));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("The record of operations, {}, cannot be written", file, e);
    }
  }
}
