package io.lightningdb.tool.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// Loads the service.
@Command(
    name = "load",
    header =
        "Reads and writes entries as fast as the service takes them, or at a rate, and shows rates and percentiles.",
    description = {
      "Writes keys load-00000000 and so on into the keyspace that is named, and leaves them there. Each"
          + " connection has one request under way. With --rate, requests are due at fixed moments, and"
          + " durations count from there, so that a service that stalls does not look fast.",
      "",
      "The exit code is that of the first request that failed."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar lightningdb.jar keyspace create trial",
      "  java -jar lightningdb.jar load --keyspace trial --connections 8 --duration 30s",
      "  java -jar lightningdb.jar load --keyspace trial --rate 500 --reads 90 --durability logged"
    })
final class Load extends ServiceCommand {
  private static final int CONNECTIONS_MAX = 256;
  private static final int VALUE_BYTES_MAX = 1 << 30;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final long TICK_MILLIS = 100;

  @Mixin private KeyspaceOption keyspace;
  @Mixin private WriteOptions write;

  @Option(
      names = "--connections",
      paramLabel = "COUNT",
      description = "How many at a time, 1 to " + CONNECTIONS_MAX + ". Default: 4.")
  private int connections = 4;

  @Option(
      names = "--duration",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description = "For how long. Default: 10s.")
  private Duration duration = Duration.ofSeconds(10);

  @Option(
      names = "--reads",
      paramLabel = "PERCENT",
      description = "How many of a hundred requests read. Default: 50.")
  private int reads = 50;

  @Option(
      names = "--keys",
      paramLabel = "COUNT",
      description = "How many keys there are, each as likely as the others. Default: 10000.")
  private long keys = 10_000;

  @Option(
      names = "--value-bytes",
      paramLabel = "BYTES",
      description = "Size of a value. Default: 100.")
  private int valueBytes = 100;

  @Option(
      names = "--rate",
      paramLabel = "COUNT",
      description = "Requests a second in all. Default: as many as it takes.")
  private @Nullable Double rate;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      description = "What the choice of keys and requests begins with. Default: 1.")
  private long seed = 1;

  Load(Session session) {
    super(session);
  }

  @Override
  int run(Service service) throws IOException {
    check();
    // Whether it is there, before anything else.
    service.run(Request.get(keyspace.path(session())));
    // Of idle connections that the JDK keeps for the next request.
    System.setProperty("http.maxConnections", Integer.toString(CONNECTIONS_MAX));
    LoadRun load =
        new LoadRun(keyspace.path(session()) + "/entries/", write, reads / 100.0, keys, valueBytes);
    long start = System.nanoTime();
    List<Thread> threads = start(load, service, start);
    session().onCancel(load::stop);
    await(load, threads, start);
    double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
    report(load, seconds);
    ClientException failure = load.firstFailure();
    if (failure == null) {
      return ClientExit.OK;
    }
    tell("%d requests failed; the first: %s".formatted(load.failures(), failure.getMessage()));
    return failure.exitCode();
  }

  private void check() {
    if (!keyspace.isGiven()) {
      throw misuse("Name the --keyspace that this may write to.");
    }
    requireRange("--connections", connections, 1, CONNECTIONS_MAX);
    requireRange("--reads", reads, 0, 100);
    requireRange("--keys", keys, 1, 100_000_000);
    requireRange("--value-bytes", valueBytes, 0, VALUE_BYTES_MAX);
    requireRange("--duration in seconds", duration.toSeconds(), 1, 86_400);
    if (rate != null && !(rate > 0 && rate <= 1e6)) {
      throw misuse("--rate=" + rate + " is not above 0 and up to 1000000.");
    }
  }

  private void requireRange(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw misuse("%s=%d is not from %d to %d.".formatted(name, value, min, max));
    }
  }

  private List<Thread> start(LoadRun load, Service service, long start) {
    long end = start + duration.toNanos();
    long period = rate == null ? 0 : Math.round(NANOS_PER_SECOND * connections / rate);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      Service own = service.alone().keepingAlive();
      long begin = start + period * i / connections;
      long number = seed + i;
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("load-" + i)
              .start(() -> load.work(own, number, begin, end, period)));
    }
    return threads;
  }

  private void await(LoadRun load, List<Thread> threads, long start) throws ClientException {
    try (Progress progress = Progress.ofPercent("load", session())) {
      for (Thread thread : threads) {
        while (!thread.join(Duration.ofMillis(TICK_MILLIS))) {
          long passed = System.nanoTime() - start;
          progress.show(
              Math.min(100, passed * 100 / duration.toNanos()),
              100,
              Math.round(load.count() * NANOS_PER_SECOND / passed) + "/s");
        }
      }
    } catch (InterruptedException _) {
      load.stop();
      Thread.currentThread().interrupt();
      throw new ClientException(ClientExit.INTERRUPTED, "The load was ended.");
    }
  }

  private void report(LoadRun load, double seconds) throws ClientException {
    if (json()) {
      ObjectNode report = Json.object().put("seconds", seconds);
      report.set("reads", figures(load.reads(), seconds));
      report.set("writes", figures(load.writes(), seconds));
      session().line(Json.text(report.put("failures", load.failures())));
      return;
    }
    session().line("         count   per second   p50 ms   p90 ms   p99 ms  p99.9 ms   max ms");
    session().line(row("read", load.reads(), seconds));
    session().line(row("write", load.writes(), seconds));
  }

  private static ObjectNode figures(Durations durations, double seconds) {
    return Json.object()
        .put("count", durations.count())
        .put("perSecond", durations.count() / seconds)
        .put("p50Millis", millis(durations, 0.5))
        .put("p90Millis", millis(durations, 0.9))
        .put("p99Millis", millis(durations, 0.99))
        .put("p999Millis", millis(durations, 0.999))
        .put("maxMillis", millis(durations, 1));
  }

  private static String row(String name, Durations durations, double seconds) {
    return String.format(
        Locale.ROOT,
        "%-5s %8d %12.1f %8.2f %8.2f %8.2f %9.2f %8.2f",
        name,
        durations.count(),
        durations.count() / seconds,
        millis(durations, 0.5),
        millis(durations, 0.9),
        millis(durations, 0.99),
        millis(durations, 0.999),
        millis(durations, 1));
  }

  private static double millis(Durations durations, double part) {
    return durations.percentile(part) / NANOS_PER_MILLI;
  }
}
