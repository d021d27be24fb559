package io.lightningdb.server.problem;

import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.cache.MemoryRefusedException;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.integrity.QuarantinedBlock;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.server.trace.BoundedLog;
import io.lightningdb.server.web.MediaTypes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import tools.jackson.core.JacksonException;

/// Tells which problem an exception is. The only place that knows both.
public final class ProblemTranslation {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemTranslation.class);
  private static final BoundedLog FAILURES = new BoundedLog("failed requests");
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  // A person has to mend something first.
  private static final Duration READ_ONLY_RETRY_AFTER = Duration.ofMinutes(1);

  private ProblemTranslation() {}

  /// Translates an exception; one that tells of a defect or of damage is logged.
  ///
  /// @param failure anything thrown while a request was handled
  /// @return what to answer
  public static Problem of(Throwable failure) {
    if (ClientGoneException.isCauseOf(failure)) {
      // For the record: it cannot be sent.
      return Problem.of(ProblemType.MALFORMED_REQUEST, "The client went away.");
    }
    return switch (failure) {
      case ProblemException known -> known.problem();
      case EngineException engine -> ofEngine(engine);
      case MemoryRefusedException refused -> ofMemory(refused);
      case HttpMessageNotReadableException unreadable -> ofMessage(unreadable);
      case ErrorResponse response -> ofSpring(response, failure);
      case BackupException backup -> ofBackup(backup.kind(), sentence(backup));
      case CorruptionException damage -> ofRestore(damage);
      default ->
          UnreadableBodyException.within(failure)
              .map(ProblemTranslation::ofBody)
              .orElseGet(() -> ofDefect(failure));
    };
  }

  private static Problem ofMemory(MemoryRefusedException refused) {
    Deadline deadline = Deadline.current();
    String detail = sentence(refused);
    return deadline != null && deadline.isPast()
        ? Problem.of(ProblemType.DEADLINE_EXCEEDED, detail)
        : retryLater(ProblemType.OVERLOADED, detail, RETRY_AFTER)
            .withLimit(refused.bytesMax(), refused.bytes());
  }

  private static Problem ofBody(UnreadableBodyException unreadable) {
    return Problem.of(ProblemType.MALFORMED_REQUEST, "The body " + unreadable.getMessage() + ".");
  }

  /// A body that Spring reads for a method of its own.
  private static Problem ofMessage(HttpMessageNotReadableException failure) {
    for (Throwable each = failure.getCause(); each != null; each = each.getCause()) {
      if (each instanceof ProblemException known) {
        return known.problem();
      }
    }
    return UnreadableBodyException.within(failure)
        .map(ProblemTranslation::ofBody)
        .orElse(
            Problem.of(
                ProblemType.MALFORMED_JSON,
                failure.getMostSpecificCause() instanceof JacksonException json
                    ? "The body is not the JSON that this call takes: "
                        + json.getOriginalMessage()
                        + "."
                    : "The body is missing, or is not the JSON that this call takes."));
  }

  private static Problem ofEngine(EngineException failure) {
    String detail = sentence(failure);
    return switch (failure) {
      case EngineException.Corruption damage -> ofCorruption(damage, detail);
      case EngineException.StorageFailed _ ->
          logged(Problem.of(ProblemType.STORAGE_FAILED, detail), failure);
      case EngineException.ReadOnly _, EngineException.WritesSwitchedOff _ ->
          retryLater(ProblemType.READ_ONLY, detail, READ_ONLY_RETRY_AFTER);
      case EngineException.DiskReserveReached full ->
          retryLater(ProblemType.DISK_RESERVE_REACHED, detail, READ_ONLY_RETRY_AFTER)
              .withLimit(full.limit(), full.actual());
      case EngineException.DeadlineExceeded _ -> Problem.of(ProblemType.DEADLINE_EXCEEDED, detail);
      case EngineException.OutcomeUnknown unknown ->
          Problem.of(ProblemType.OUTCOME_UNKNOWN, detail).with("version", unknown.version());
      case EngineException.Overloaded busy ->
          retryLater(ProblemType.OVERLOADED, detail, busy.retryAfter());
      case EngineException.LimitExceeded limit -> ofLimit(limit, detail);
      case EngineException.ConditionFailed condition ->
          preconditionFailed(detail, condition.actualVersion());
      case EngineException.KeyspaceNotFound absent ->
          Problem.of(ProblemType.KEYSPACE_NOT_FOUND, detail).with("keyspace", absent.name());
      case EngineException.VersionNotRetained gone ->
          Problem.of(ProblemType.VERSION_NOT_RETAINED, detail)
              .with("version", gone.version())
              .with("oldestVersion", gone.oldestVersion());
      case EngineException.SnapshotEnded _ -> Problem.of(ProblemType.SNAPSHOT_ENDED, detail);
      case EngineException.Closed _ -> retryLater(ProblemType.SHUTTING_DOWN, detail, RETRY_AFTER);
      case EngineException.TransactionConflict conflict -> ofConflict(conflict, detail);
      case EngineException.Deadlock deadlock ->
          Problem.of(ProblemType.DEADLOCK, detail).with("cycle", deadlock.cycle());
      case EngineException.LockTimeout timeout ->
          Problem.of(ProblemType.LOCK_TIMEOUT, detail)
              .with("waitedMillis", timeout.waited().toMillis());
      case EngineException.TransactionEnded ended -> ofEnd(ended, detail);
      case EngineException.BackupFailed backup -> ofBackup(backup);
      case EngineException.DirectoryInUse _, EngineException.FormatTooNew _ -> ofDefect(failure);
    };
  }

  private static Problem ofBackup(EngineException.BackupFailed failure) {
    return ofBackup(failure.kind(), sentence(failure)).with("backup", failure.id());
  }

  private static Problem ofBackup(BackupException.@Nullable Kind kind, String detail) {
    ProblemType type =
        switch (kind) {
          case NOT_FOUND -> ProblemType.BACKUP_NOT_FOUND;
          case NEEDED_BY_OTHERS -> ProblemType.BACKUP_NEEDED;
          case BUSY -> ProblemType.OPERATION_IN_PROGRESS;
          case DAMAGED, CANCELLED, OTHER_DATABASE, NOT_EMPTY, NOT_REACHABLE, FAILED ->
              ProblemType.BACKUP_FAILED;
          case null -> ProblemType.BACKUP_FAILED;
        };
    return Problem.of(type, detail);
  }

  /// What a restore has made does not verify: this is not the database of the service.
  private static Problem ofRestore(CorruptionException damage) {
    return Problem.of(ProblemType.BACKUP_FAILED, sentence(damage))
        .with("file", damage.file())
        .with("offset", damage.offset());
  }

  private static Problem ofCorruption(EngineException.Corruption damage, String detail) {
    Problem problem =
        Problem.of(ProblemType.CORRUPTION, detail)
            .with("file", damage.file())
            .with("offset", damage.offset())
            .with("reason", damage.reason());
    return logged(damage.block().map(block -> withKeys(problem, block)).orElse(problem), damage);
  }

  /// Names the keys that cannot be read, which are those of the keyspace that was asked for.
  private static Problem withKeys(Problem problem, QuarantinedBlock block) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    byte[] end = block.keys().upper();
    Problem with =
        problem
            .with("keyspace", block.keyspace())
            .with("damagedStart", base64.encodeToString(block.keys().lower()));
    return end == null ? with : with.with("damagedEnd", base64.encodeToString(end));
  }

  private static Problem ofConflict(EngineException.TransactionConflict conflict, String detail) {
    Problem problem =
        Problem.of(ProblemType.TRANSACTION_CONFLICT, detail).with("keyspace", conflict.keyspace());
    return utf8(conflict.key())
        .map(text -> problem.with("conflictingKey", text))
        .orElseGet(() ->
            problem
                .with(
                    "conflictingKey",
                    Base64.getUrlEncoder().withoutPadding().encodeToString(conflict.key()))
                .with("keyEncoding", "base64url"));
  }

  private static Optional<String> utf8(byte[] key) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }

  private static Problem ofEnd(EngineException.TransactionEnded ended, String detail) {
    return ended.state() == Transaction.State.EXPIRED
        ? Problem.of(ProblemType.TRANSACTION_EXPIRED, detail)
        : Problem.of(ProblemType.TRANSACTION_ENDED, detail)
            .with("state", ended.state().name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  private static Problem ofLimit(EngineException.LimitExceeded limit, String detail) {
    ProblemType type = ofLimit(limit.name());
    Problem problem =
        type == ProblemType.TRANSACTIONS_LIMIT
            ? retryLater(type, detail, RETRY_AFTER)
            : Problem.of(type, detail);
    return problem.withLimit(limit.limit(), limit.actual());
  }

  private static ProblemType ofLimit(String name) {
    return switch (name) {
      case "key-bytes-min" -> ProblemType.INVALID_KEY;
      case "key-bytes-max" -> ProblemType.KEY_TOO_LARGE;
      case "value-bytes-max" -> ProblemType.VALUE_TOO_LARGE;
      case "keyspaces-max" -> ProblemType.KEYSPACES_LIMIT;
      case "transactions-open-max" -> ProblemType.TRANSACTIONS_LIMIT;
      case "transaction-bytes-max" -> ProblemType.TRANSACTION_TOO_LARGE;
      case "transaction-age-millis-max",
          "ttl-millis-min",
          "ttl-millis-max",
          "expires-at-millis-min",
          "expires-at-millis-max" ->
          ProblemType.INVALID_CONTENT;
      default -> ProblemType.BATCH_TOO_LARGE;
    };
  }

  private static Problem ofSpring(ErrorResponse response, Throwable failure) {
    ProblemType type = ofStatus(response.getStatusCode().value());
    if (type == ProblemType.INTERNAL_ERROR) {
      return ofDefect(failure);
    }
    Problem problem = Problem.of(type, detail(type, response));
    return withHeaders(problem, response.getHeaders());
  }

  private static String detail(ProblemType type, ErrorResponse response) {
    if (response instanceof HttpMediaTypeNotSupportedException unsupported
        && !unsupported.getSupportedMediaTypes().isEmpty()) {
      MediaType sent = unsupported.getContentType();
      return MediaTypes.notTaken(
          sent == null ? null : sent.toString(),
          MediaType.toString(unsupported.getSupportedMediaTypes()));
    }
    String detail = response.getBody().getDetail();
    return type == ProblemType.PATH_NOT_FOUND || detail == null ? type.meaning() : detail;
  }

  private static Problem withHeaders(Problem problem, HttpHeaders headers) {
    Problem result = problem;
    for (String name : headers.headerNames()) {
      String value = headers.getOrEmpty(name).stream().collect(Collectors.joining(", "));
      result = result.withHeader(name, name.equals(HttpHeaders.ALLOW) ? allow(value) : value);
    }
    return result;
  }

  /// The methods that a path has, those that Spring answers by itself among them.
  ///
  /// @param declared methods with commas between them
  /// @return all of them, in the order of the alphabet
  public static String allow(String declared) {
    Set<String> methods = new TreeSet<>(Arrays.asList(declared.split(",\\s*", -1)));
    if (methods.contains(HttpMethod.GET.name())) {
      methods.add(HttpMethod.HEAD.name());
    }
    methods.add(HttpMethod.OPTIONS.name());
    return String.join(", ", methods);
  }

  /// The type that stands for a status where nothing more is known.
  ///
  /// @param status an HTTP status
  /// @return a type with this status, or a type of its class
  public static ProblemType ofStatus(int status) {
    return switch (status) {
      case 401 -> ProblemType.UNAUTHENTICATED;
      case 403 -> ProblemType.ACCESS_DENIED;
      case 404 -> ProblemType.PATH_NOT_FOUND;
      case 405 -> ProblemType.METHOD_NOT_ALLOWED;
      case 406 -> ProblemType.NOT_ACCEPTABLE;
      case 408 -> ProblemType.BODY_TOO_SLOW;
      case 413 -> ProblemType.BODY_TOO_LARGE;
      case 414 -> ProblemType.URI_TOO_LONG;
      case 415 -> ProblemType.UNSUPPORTED_MEDIA_TYPE;
      case 429 -> ProblemType.RATE_LIMITED;
      case 431 -> ProblemType.HEADERS_TOO_LARGE;
      case 501 -> ProblemType.NOT_IMPLEMENTED;
      case 503 -> ProblemType.SHUTTING_DOWN;
      case 505 -> ProblemType.HTTP_VERSION_NOT_SUPPORTED;
      default -> status >= 500 ? ProblemType.INTERNAL_ERROR : ProblemType.MALFORMED_REQUEST;
    };
  }

  /// A condition on an entry that did not hold, with the version that the entry has.
  ///
  /// @param detail which condition
  /// @param actualVersion version of the entry, 0 if there is none
  /// @return the problem
  public static Problem preconditionFailed(String detail, long actualVersion) {
    Problem problem =
        Problem.of(ProblemType.PRECONDITION_FAILED, detail).with("actualVersion", actualVersion);
    return actualVersion == 0
        ? problem
        : problem.withHeader(HttpHeaders.ETAG, "\"" + actualVersion + "\"");
  }

  /// A problem that passes by itself.
  ///
  /// @param type its kind
  /// @param detail what happened this time
  /// @param retryAfter when to try again; told in whole seconds, at least one
  /// @return the problem
  public static Problem retryLater(ProblemType type, String detail, Duration retryAfter) {
    long seconds = Math.max(1, retryAfter.plusMillis(999).toSeconds());
    return Problem.of(type, detail).withHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
  }

  private static Problem ofDefect(Throwable failure) {
    return logged(
        Problem.of(ProblemType.INTERNAL_ERROR, ProblemType.INTERNAL_ERROR.meaning()), failure);
  }

  private static Problem logged(Problem problem, Throwable failure) {
    FAILURES.add(
        "A request was answered with " + problem.type().slug(), line -> LOG.error(line, failure));
    return problem;
  }

  private static String sentence(Throwable failure) {
    String message = Reason.of(failure);
    String capital = Character.toUpperCase(message.charAt(0)) + message.substring(1);
    return capital.endsWith(".") ? capital : capital + ".";
  }
}
