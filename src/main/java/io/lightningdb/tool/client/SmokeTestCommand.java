package io.lightningdb.tool.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Asks the service to do what it is for, and believes no answer that it can check.
///
/// The entry has a key that no other has, so nothing of a user is touched, and a time to live, so that it goes even if
/// this process is killed.
@Command(
    name = "smoke-test",
    header = "Checks that the service writes, reads, refuses and deletes as it should.",
    description =
        "Works on one entry, whose key begins with lightningdb-smoke-test- and is used by nothing else:"
            + " writes it, reads it back, is refused when it creates it again, replaces the version that it"
            + " read, is refused when it replaces that once more, and deletes it. Each step is one line of"
            + " output. The entry is deleted if a step fails, too, and expires after an hour in any case."
            + " The token must be one that may read and write. Exit code 28 if an answer is not right.",
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar smoke-test",
      "  java -jar lightningdb.jar smoke-test --url https://db.example:8080 --cacert ca.crt --token-file token"
    })
final class SmokeTestCommand extends ServiceCommand {
  /// What is checked, in this order.
  private enum Step {
    WRITE("an entry is written"),
    READ("it is read back"),
    CREATE("creating it again is refused"),
    REPLACE("the version that was read is replaced"),
    REPLACE_STALE("replacing an older version is refused"),
    READ_AGAIN("refused writes changed nothing"),
    DELETE("the entry is deleted"),
    READ_DELETED("it is gone");

    final String words;

    Step(String words) {
      this.words = words;
    }

    String member() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final String KEY_BEGIN = "lightningdb-smoke-test-";
  private static final String BINARY = "application/octet-stream";
  private static final Duration TTL = Duration.ofHours(1);
  private static final int BYTE_VALUES = 256;

  /// A service may fail for these reasons at any step. All other refusals contradict what it has done before.
  private static final Set<Integer> CIRCUMSTANCES =
      Set.of(
          ClientExit.DENIED,
          ClientExit.UNAVAILABLE,
          ClientExit.TIMEOUT,
          ClientExit.UNREACHABLE,
          ClientExit.UNTRUSTED,
          ClientExit.INTERRUPTED);

  /// After these the service may have made a write all the same.
  private static final Set<Integer> UNKNOWN_OUTCOMES =
      Set.of(ClientExit.TIMEOUT, ClientExit.SERVICE_FAILED, ClientExit.INTERRUPTED);

  @Mixin private KeyspaceOption keyspace;

  private String path = "";
  private Step step = Step.WRITE;
  private boolean mayBeThere;

  SmokeTestCommand(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    String key = KEY_BEGIN + UUID.randomUUID();
    path = keyspace.path(session()) + "/entries/" + key;
    try {
      check(service);
      return ClientExit.OK;
    } catch (ClientException e) {
      if (e.exitCode() != ClientExit.OUTPUT_CLOSED) {
        tell(false);
      }
      throw withoutEntry(service, key, e);
    }
  }

  private void check(Service service) throws ClientException {
    byte[] first = value();
    begin(Step.WRITE);
    accepted(service, put(first), 201);
    tell(true);

    begin(Step.READ);
    String version = read(service, first);
    if (version == null) {
      throw wrong("The answer has no ETag.");
    }
    tell(true);

    byte[] other = value();
    begin(Step.CREATE);
    refused(service, put(other).header("If-None-Match", "*"), 412);
    tell(true);

    byte[] second = value();
    begin(Step.REPLACE);
    accepted(service, put(second).header("If-Match", version), 200);
    tell(true);

    begin(Step.REPLACE_STALE);
    refused(service, put(other).header("If-Match", version), 412);
    tell(true);

    begin(Step.READ_AGAIN);
    read(service, second);
    tell(true);

    begin(Step.DELETE);
    accepted(service, Request.delete(path), 204);
    tell(true);

    begin(Step.READ_DELETED);
    refused(service, Request.get(path), 404);
    mayBeThere = false;
    tell(true);
  }

  /// Every byte there is, so that it shows if something on the way takes them for text, and what was not there before.
  private static byte[] value() {
    UUID own = UUID.randomUUID();
    ByteBuffer value = ByteBuffer.allocate(BYTE_VALUES + 2 * Long.BYTES);
    for (int each = 0; each < BYTE_VALUES; each++) {
      value.put((byte) each);
    }
    return value
        .putLong(own.getMostSignificantBits())
        .putLong(own.getLeastSignificantBits())
        .array();
  }

  private Request put(byte[] value) {
    return Request.put(path).header("Lightning-Ttl", TTL).body(BINARY, Body.of(value));
  }

  private void begin(Step next) {
    step = next;
  }

  private void tell(boolean passed) throws ClientException {
    session()
        .line(
            json()
                ? Json.text(Json.object().put("step", step.member()).put("passed", passed))
                : (passed ? "ok: " : "FAILED: ") + step.words);
  }

  private void accepted(Service service, Request request, int status) throws ClientException {
    try (Answer answer = send(service, request)) {
      mayBeThere = true;
      requireStatus(status, answer);
      answer.bytes();
    }
  }

  /// Returns the version, as the service wrote it: what compresses on the way may have added to it.
  private @Nullable String read(Service service, byte[] expected) throws ClientException {
    try (Answer answer = send(service, Request.get(path))) {
      requireStatus(200, answer);
      byte[] found = answer.bytes();
      int place = Arrays.mismatch(expected, found);
      if (place >= 0) {
        throw wrong(
            "%d bytes were written and %d read, and they differ from offset %d on."
                .formatted(expected.length, found.length, place));
      }
      return answer.header("ETag");
    }
  }

  private Answer send(Service service, Request request) throws ClientException {
    try {
      return service.send(request);
    } catch (ClientException e) {
      if (step == Step.WRITE) {
        mayBeThere = UNKNOWN_OUTCOMES.contains(e.exitCode());
        throw e;
      }
      throw CIRCUMSTANCES.contains(e.exitCode()) ? e : e.as(ClientExit.SERVICE_FAILED);
    }
  }

  private void refused(Service service, Request request, int status) throws ClientException {
    try (Answer answer = service.ask(request)) {
      if (answer.status() >= 300 && answer.status() != status) {
        ClientException e = Problems.failure(service, request, answer);
        throw CIRCUMSTANCES.contains(e.exitCode()) ? e : e.as(ClientExit.SERVICE_FAILED);
      }
      requireStatus(status, answer);
      answer.bytes();
    }
  }

  private void requireStatus(int status, Answer answer) throws ClientException {
    if (answer.status() != status) {
      throw wrong("The status is %d, and should be %d.".formatted(answer.status(), status));
    }
  }

  private static ClientException wrong(String what) {
    return new ClientException(ClientExit.SERVICE_FAILED, what);
  }

  /// What failed, after the entry was deleted.
  private ClientException withoutEntry(Service service, String key, ClientException failure) {
    ClientException told = failure.with("This was the step \"" + step.words + "\".");
    if (!mayBeThere) {
      return told;
    }
    // A signal has interrupted this thread, and the process waits for it a little.
    boolean interrupted = Thread.interrupted();
    try {
      service.alone().run(Request.delete(path));
      return told;
    } catch (ClientException e) {
      if (e.exitCode() == ClientExit.NOT_FOUND) {
        return told;
      }
      told.addSuppressed(e);
      return told.with(
          "The entry %s may still be there; it expires within an hour.".formatted(key));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
