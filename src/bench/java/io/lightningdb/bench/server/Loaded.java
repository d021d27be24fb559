package io.lightningdb.bench.server;

import io.lightningdb.bench.http.Load;
import io.lightningdb.bench.http.Phase;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A server with its generator. *Confined to one thread.*
///
/// @param server asked
/// @param generator asks
public record Loaded(Server server, Child generator) implements AutoCloseable {

  /// What one phase cost.
  ///
  /// @param load what was done
  /// @param allocatedBytes by the server, for each request; null if it is no JVM
  /// @param serverMicros of processor time of the server, for each request
  /// @param generatorMicros the same of the generator
  public record Cost(
      Load load, @Nullable Double allocatedBytes, double serverMicros, double generatorMicros) {}

  /// Runs a phase.
  ///
  /// @param phase how much
  /// @return what it cost
  /// @throws IOException if a process has ended
  public Cost run(Phase phase) throws IOException {
    OptionalLong allocatedBefore = server.allocatedBytes();
    Duration serverBefore = server.processorTime();
    Duration generatorBefore = generator.processorTime();
    String answer = generator.ask(phase.toLine());
    OptionalLong allocatedAfter = server.allocatedBytes();
    Load load = JsonMapper.shared().readValue(answer, Load.class);
    double requests = Math.max(1, load.requests());
    return new Cost(
        load,
        allocatedAfter.isEmpty()
            ? null
            : (allocatedAfter.getAsLong() - allocatedBefore.orElse(0)) / requests,
        micros(server.processorTime().minus(serverBefore)) / requests,
        micros(generator.processorTime().minus(generatorBefore)) / requests);
  }

  private static double micros(Duration time) {
    return time.toNanos() / 1e3;
  }

  @Override
  public void close() throws IOException {
    try (server) {
      generator.close();
    }
  }
}
