package io.lightningdb.bench.server;

import io.lightningdb.bench.server.floor.FloorApplication;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A server that runs and answers. *Confined to one thread.*
public final class Server implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(90);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(2);
  private static final int ATTEMPT_MILLIS_MAX = 5_000;

  private final Child child;
  private final Target target;
  private final int port;
  private final Duration start;

  private Server(Child child, Target target, int port, Duration start) {
    this.child = child;
    this.target = target;
    this.port = port;
    this.start = start;
  }

  /// How servers are started.
  ///
  /// @param application the service
  /// @param heap greatest heap of a JVM, and the least, in the notation of `-Xmx`
  /// @param directory empty, for the data
  /// @param log takes what the server says
  public record Setup(Application application, String heap, Path directory, Path log) {}

  /// Starts a server that is to be measured under load.
  ///
  /// @param target which one
  /// @param setup how
  /// @return answers requests already
  /// @throws IOException if it does not start
  public static Server start(Target target, Setup setup) throws IOException {
    int port = freePort();
    List<String> command =
        switch (target) {
          case LIGHTNING -> service(setup, port);
          case FLOOR -> floor(setup, port, List.of());
          case BARE_FLOOR ->
              floor(
                  setup,
                  port,
                  List.of(
                      "--spring.autoconfigure.exclude=org.springframework.boot.webmvc.autoconfigure"
                          + ".WebMvcObservationAutoConfiguration"));
          case ETCD -> etcd(setup, port);
        };
    long begin = System.nanoTime();
    Child child =
        target.hasProbe()
            ? Child.speaking(command, setup.log())
            : Child.silent(command, setup.log());
    return awaitAnswer(child, target, port, begin);
  }

  /// Starts the service as a user does.
  ///
  /// @param jvmArguments with the jar
  /// @param setup where the data go; the heap is left to the arguments
  /// @return answers requests already
  /// @throws IOException if it does not start
  public static Server startPlain(List<String> jvmArguments, Setup setup) throws IOException {
    int port = freePort();
    List<String> command = new ArrayList<>(List.of(Application.java()));
    command.addAll(jvmArguments);
    command.addAll(serviceSettings(setup, port));
    long begin = System.nanoTime();
    return awaitAnswer(Child.silent(command, setup.log()), Target.LIGHTNING, port, begin);
  }

  private static List<String> service(Setup setup, int port) throws IOException {
    List<String> command = jvm(setup, List.of(Probe.class));
    command.add(Application.mainClass());
    command.addAll(serviceSettings(setup, port));
    return command;
  }

  private static List<String> serviceSettings(Setup setup, int port) {
    return List.of("--server.port=" + port, "--lightning.data-directory=" + setup.directory());
  }

  private static List<String> floor(Setup setup, int port, List<String> more) throws IOException {
    List<Class<?>> classes = new ArrayList<>(List.of(Probe.class, FloorApplication.class));
    classes.add(FloorApplication.controller());
    List<String> command = jvm(setup, classes);
    command.add(FloorApplication.class.getName());
    command.add("--server.port=" + port);
    // The settings of the service name parts of its health that only it has.
    command.add("--management.endpoint.health.validate-group-membership=false");
    command.addAll(more);
    return command;
  }

  private static List<String> jvm(Setup setup, List<Class<?>> classes) throws IOException {
    List<String> command = new ArrayList<>(List.of(Application.java()));
    command.addAll(jvmArguments(setup.heap()));
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            setup.application().classPath(classes),
            Probe.class.getName()));
    return command;
  }

  /// The heap of every JVM under load. All of it is touched before the first request: the first use of a page is a fault, which may take
  /// longer than a request, and who allocates more has more of them until the heap has been used once. That would measure how long a
  /// server has run, and not what it does.
  ///
  /// @param heap greatest heap and least, in the notation of `-Xmx`
  /// @return the same for the service and the floor
  public static List<String> jvmArguments(String heap) {
    return List.of(
        "-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch", "-XX:+UseTransparentHugePages");
  }

  /// Its defaults, alone in its cluster: every write is on stable storage before it is answered.
  private static List<String> etcd(Setup setup, int port) throws IOException {
    String clients = "http://127.0.0.1:" + port;
    String peers = "http://127.0.0.1:" + freePort();
    return List.of(
        "etcd",
        "--data-dir=" + setup.directory(),
        "--listen-client-urls=" + clients,
        "--advertise-client-urls=" + clients,
        "--listen-peer-urls=" + peers,
        "--initial-advertise-peer-urls=" + peers,
        "--initial-cluster=default=" + peers,
        "--log-level=error");
  }

  /// Whether etcd can be started.
  ///
  /// @return true if it is on the path
  public static boolean hasEtcd() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "etcd")));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Server awaitAnswer(Child child, Target target, int port, long begin)
      throws IOException {
    while (!answers(port)) {
      if (!child.isAlive() || System.nanoTime() - begin > START_MAX.toNanos()) {
        child.close();
        throw new IOException(target.title() + " does not start, see " + child.log());
      }
      LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
    }
    return new Server(child, target, port, Duration.ofNanos(System.nanoTime() - begin));
  }

  /// Any answer will do: nothing is stored yet, and a server that says so serves.
  private static boolean answers(int port) {
    String request =
        "GET /v1/keyspaces/default/entries/none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.setSoTimeout(ATTEMPT_MILLIS_MAX);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read() >= 0;
    } catch (IOException _) {
      // Not yet.
      return false;
    }
  }

  /// Where it listens, on the loopback address.
  ///
  /// @return a port
  public int port() {
    return port;
  }

  /// Time from the start of the process to the first answer.
  ///
  /// @return to within a few milliseconds
  public Duration startTime() {
    return start;
  }

  /// Bytes that its threads have allocated so far.
  ///
  /// @return nothing if it has no probe
  /// @throws IOException if it has ended
  public OptionalLong allocatedBytes() throws IOException {
    return child.isSpeaking()
        ? OptionalLong.of(Long.parseLong(child.ask("allocated")))
        : OptionalLong.empty();
  }

  /// Processor time so far, of all its threads.
  ///
  /// @return zero if the system does not say
  public Duration processorTime() {
    return child.processorTime();
  }

  /// Memory of the process that is in use right now.
  ///
  /// @param residentBytes all of it, files that are mapped among it
  /// @param anonymousBytes what is not mapped from files
  public record Memory(long residentBytes, long anonymousBytes) {}

  /// Asks the system for the memory in use.
  ///
  /// @return how much
  /// @throws IOException if this is not Linux
  public Memory memory() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/" + child.pid() + "/status"));
    return new Memory(bytes(lines, "VmRSS:"), bytes(lines, "RssAnon:"));
  }

  private static long bytes(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  /// Lets it end by itself, as an operator would.
  ///
  /// @throws InterruptedException if this thread is ended
  /// @throws IOException if it does not end
  public void terminate() throws InterruptedException, IOException {
    if (!child.terminate()) {
      throw new IOException(target.title() + " does not end, see " + child.log());
    }
  }

  @Override
  public void close() throws IOException {
    child.close();
  }
}
