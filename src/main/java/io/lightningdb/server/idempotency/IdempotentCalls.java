package io.lightningdb.server.idempotency;

import io.lightningdb.engine.WriteBatch;
import io.lightningdb.server.Headers;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.security.Caller;
import io.lightningdb.server.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/// Carries out a call once for each `Idempotency-Key` of a caller. *Thread-safe.*
///
/// Callers have keys of their own: with the same key, two of them do two things, and none is answered what the other
/// was.
@Component
public final class IdempotentCalls {
  /// Name of the header.
  public static final String HEADER = "Idempotency-Key";

  /// Name of the header of an answer that was given before: the request did nothing.
  public static final String REPLAYED = "Idempotency-Replayed";

  private static final int LENGTH_MAX = 255;

  private final IdempotencyRecords records;

  /// Keys of the calls that run: no more than there are threads for requests.
  private final Set<String> running = ConcurrentHashMap.newKeySet();

  /// Called by Spring.
  ///
  /// @param records keeps answers
  public IdempotentCalls(IdempotencyRecords records) {
    this.records = records;
  }

  /// Makes the answer of a call part of the commit that has its effect.
  public interface Recorder {
    /// Adds the answer to the commit, unless it is not to be kept.
    ///
    /// @param writes the commit
    /// @param draft what will be answered
    void record(WriteBatch writes, Supplier<AnswerDraft> draft);
  }

  /// A call that is one commit.
  ///
  /// @param <T> body of its answer
  public interface Call<T> {
    /// Carries it out.
    ///
    /// @param recorder to be told of the commit before it is written
    /// @return the answer
    ResponseEntity<T> run(Recorder recorder);
  }

  /// Tells whether a request has a key.
  ///
  /// @param request any request
  /// @return true if it has
  public static boolean hasKey(HttpServletRequest request) {
    return request.getHeader(HEADER) != null;
  }

  /// Carries out a call, or answers what it answered before.
  ///
  /// @param request what is asked
  /// @param body of the request
  /// @param call does it
  /// @return the answer of the call, or the one that was kept
  /// @throws ProblemException if the key is none, runs, or was used for something else; or what the call throws
  public ResponseEntity<?> answer(HttpServletRequest request, byte[] body, Call<?> call) {
    String key = request.getHeader(HEADER);
    if (key == null) {
      return call.run((_, _) -> {});
    }
    check(key);
    String own = ofCaller(key);
    if (!running.add(own)) {
      throw Problem.of(
              ProblemType.IDEMPOTENCY_KEY_IN_USE, ProblemType.IDEMPOTENCY_KEY_IN_USE.meaning())
          .asException();
    }
    try {
      return answerAlone(own, digest(request, body), call);
    } finally {
      running.remove(own);
    }
  }

  /// The key among those of all callers: neither an id nor a key has a line feed.
  private static String ofCaller(String key) {
    String caller = Caller.current().id();
    return caller.isEmpty() ? key : caller + "\n" + key;
  }

  private ResponseEntity<?> answerAlone(String key, byte[] digest, Call<?> call) {
    Optional<IdempotencyRecords.Found> found = records.find(key);
    if (found.isEmpty()) {
      return firstAnswer(key, digest, call);
    }
    if (!found.get().answer().isFor(digest)) {
      throw Problem.of(
              ProblemType.IDEMPOTENCY_KEY_REUSED, ProblemType.IDEMPOTENCY_KEY_REUSED.meaning())
          .asException();
    }
    return found.get().answer().at(found.get().version());
  }

  private ResponseEntity<?> firstAnswer(String key, byte[] digest, Call<?> call) {
    try (IdempotencyRecords.Room room = records.room()) {
      ResponseEntity<?> answer =
          call.run((writes, draft) -> records.add(key, digest, draft.get(), writes, room));
      room.keep();
      return answer;
    }
  }

  private static void check(String key) {
    if (!key.matches("[!-~]{1," + LENGTH_MAX + "}")) {
      throw Query.invalid(
          HEADER, "must have 1 to " + LENGTH_MAX + " visible ASCII characters and no spaces");
    }
  }

  private static byte[] digest(HttpServletRequest request, byte[] body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, request.getMethod());
      add(digest, request.getRequestURI());
      add(digest, request.getQueryString());
      add(digest, request.getHeader(HttpHeaders.CONTENT_TYPE));
      add(digest, request.getHeader(Headers.DURABILITY));
      return digest.digest(body);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, @Nullable String text) {
    digest.update(String.valueOf(text).getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}
