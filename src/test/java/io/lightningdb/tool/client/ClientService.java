package io.lightningdb.tool.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.RunningService;
import io.lightningdb.tool.Ran;
import java.util.Map;

/// Runs client commands in this process, against the service.
abstract class ClientService extends RunningService {
  private final String keyspace;

  ClientService(String keyspace) {
    this.keyspace = keyspace;
  }

  /// Makes the keyspace of the test, and empties it.
  void emptyKeyspace() {
    keyspace(keyspace);
    run("delete", "--start", " ", "--yes");
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  Map<String, String> environment() {
    return Map.of("LIGHTNING_URL", url(), "LIGHTNING_KEYSPACE", keyspace);
  }

  Ran run(Object... args) {
    return runWith(new byte[0], args);
  }

  Ran runWith(byte[] in, Object... args) {
    return Ran.command(
        _ -> {
          throw new AssertionError("the server was started");
        },
        in,
        environment(),
        args);
  }

  /// What a command writes that does what it is asked.
  String done(Object... args) {
    Ran ran = run(args);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    return ran.out();
  }
}
