package io.lightningdb.server.mode;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.engine.Database;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// Takes writes again after a storage failure: `/v1/admin/resume`.
@RestController
class ResumeController {
  private static final Logger LOG = LoggerFactory.getLogger(ResumeController.class);

  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  ResumeController(Database database) {
    this.database = database;
  }

  /// What came of it.
  ///
  /// @param resumed whether writes were refused, and are taken again
  /// @param storageFailure what had failed, or null if nothing had
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ResumedDocument(boolean resumed, @Nullable StorageFailure storageFailure) {}

  /// Tries the disk, makes everything durable anew, and takes writes again.
  ///
  /// @return whether there was anything to do
  @PostMapping(path = "/v1/admin/resume", produces = MediaType.APPLICATION_JSON_VALUE)
  ResumedDocument resume() {
    StorageFailure failure = StorageFailure.of(database);
    boolean resumed = database.resume();
    if (resumed && failure != null) {
      LOG.info("Writes are taken again, which were refused since: {}", failure.cause());
    }
    return new ResumedDocument(resumed, resumed ? failure : null);
  }
}
