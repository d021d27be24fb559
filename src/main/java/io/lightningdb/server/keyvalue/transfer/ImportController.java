package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.server.Headers;
import io.lightningdb.server.keyvalue.DurabilityHeader;
import io.lightningdb.server.keyvalue.Keyspaces;
import io.lightningdb.server.keyvalue.VersionDocument;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemWriter;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.HeldPlace;
import io.lightningdb.server.web.MediaTypes;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.Words;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// Imports: `/v1/keyspaces/{keyspace}/entries:import`.
@RestController
class ImportController {
  private static final String ON_ERROR = "onError";

  private final Keyspaces keyspaces;
  private final ImportService imports;
  private final ProblemWriter problems;
  private final JsonMapper json;
  private final ImportBounds bounds;

  /// Called by Spring.
  ///
  /// @param keyspaces finds keyspaces
  /// @param imports does the work
  /// @param problems writes what went wrong
  /// @param json writes progress
  /// @param settings has the limits
  ImportController(
      Keyspaces keyspaces,
      ImportService imports,
      ProblemWriter problems,
      JsonMapper json,
      LightningProperties settings) {
    this.keyspaces = keyspaces;
    this.imports = imports;
    this.problems = problems;
    this.json = json;
    this.bounds = ImportBounds.of(settings.limits());
  }

  /// Imports lines.
  ///
  /// @param name name of the keyspace
  /// @param query how lines are read, and what to do about those that cannot be imported
  /// @param request has the lines
  /// @param response where to stream progress, if that is wanted
  /// @return what was done; null if that was streamed
  /// @throws IOException if the lines cannot be read or the client is gone
  @PostMapping(
      path = "/v1/keyspaces/{keyspace}/entries:import",
      consumes = {
        MediaTypes.NDJSON,
        MediaTypes.NDJSON_UNPREFIXED,
        MediaTypes.JSONL,
        MediaTypes.CSV,
        MediaTypes.GZIP
      },
      produces = {
        MediaType.APPLICATION_JSON_VALUE,
        MediaTypes.NDJSON,
        MediaTypes.NDJSON_UNPREFIXED,
        MediaTypes.JSONL
      })
  @QueryParameters({KeyField.PARAMETER, ON_ERROR})
  @Nullable ResponseEntity<ImportProgress.Report> importLines(
      @PathVariable("keyspace") String name,
      Query query,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Keyspace keyspace = keyspaces.get(name);
    Durability durability = DurabilityHeader.of(request, keyspace);
    ImportTarget target =
        new ImportTarget(keyspace, durability, query.choice(ON_ERROR, OnError.class, OnError.STOP));
    Optional<KeyField> keyField = KeyField.of(query);
    ImportSource.Opening source = () -> ImportBody.source(request, keyField, bounds);
    Optional<String> lineType = MediaTypes.lines(request);
    if (lineType.isPresent()) {
      response.setHeader(HttpHeaders.CONTENT_TYPE, lineType.get());
      stream(source, target, request, response);
      return null;
    }
    ImportProgress.Report report = imports.run(source, target, _ -> {});
    return VersionDocument.answer(HttpStatus.OK, report.version(), durability)
        .contentType(MediaType.APPLICATION_JSON)
        .body(report);
  }

  private void stream(
      ImportSource.Opening source,
      ImportTarget target,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    response.setHeader(Headers.DURABILITY, Words.of(target.durability()));
    OutputStream answer = HeldPlace.writing(request, response.getOutputStream());
    ProgressLines lines = new ProgressLines(answer, json, System::nanoTime);
    try {
      lines.finish(imports.run(source, target, lines));
    } catch (ProblemException e) {
      if (!lines.hasBegun()) {
        throw e;
      }
      response.getOutputStream().write(problems.toLastLine(request, e.problem()));
    }
  }
}
