package io.lightningdb.server.backup;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.Catalogue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// The catalogue of backups: `/v1/admin/backups`. Backups are made by operations.
@RestController
class BackupController {
  private static final String PATH = "/v1/admin/backups";
  private static final String ONE = PATH + "/{backup}";

  private final BackupService backups;

  /// Called by Spring.
  ///
  /// @param backups knows the catalogue
  BackupController(BackupService backups) {
    this.backups = backups;
  }

  /// The catalogue.
  ///
  /// @param backups oldest first
  /// @param damaged ids of backups whose entry does not verify
  /// @param unfinished ids of backups that were begun and can be resumed
  record ListDocument(
      List<BackupDocument> backups, List<String> damaged, List<String> unfinished) {}

  /// Lists the backups, as many as retention keeps.
  ///
  /// @return the catalogue
  /// @throws IOException if the place of backups cannot be read
  @GetMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  ListDocument list() throws IOException {
    return backups.look(BackupController::list);
  }

  private static ListDocument list(Catalogue catalogue) throws IOException {
    Catalogue.Listing listing = catalogue.list();
    List<BackupDocument> documents = new ArrayList<>();
    for (BackupEntry entry : listing.entries()) {
      documents.add(BackupDocument.of(entry, catalogue.verification(entry.id())));
    }
    return new ListDocument(documents, listing.damaged(), catalogue.unfinished());
  }

  /// Shows a backup.
  ///
  /// @param id names it
  /// @return its entry in the catalogue
  /// @throws IOException if there is none, its entry is damaged, or the place of backups cannot be read
  @GetMapping(path = ONE, produces = MediaType.APPLICATION_JSON_VALUE)
  BackupDocument get(@PathVariable("backup") String id) throws IOException {
    return backups.look(
        catalogue -> BackupDocument.of(catalogue.get(id), catalogue.verification(id)));
  }

  /// Deletes a backup.
  ///
  /// @param id names it
  /// @return 204
  /// @throws IOException if there is none, others need it, or the place of backups fails
  @DeleteMapping(ONE)
  ResponseEntity<Void> delete(@PathVariable("backup") String id) throws IOException {
    backups.delete(id);
    return ResponseEntity.noContent().build();
  }
}
