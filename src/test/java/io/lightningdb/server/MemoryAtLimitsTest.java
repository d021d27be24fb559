package io.lightningdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.testkit.ChildProcess;
import io.lightningdb.server.CallsAtTheirLimits.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every call at its limit, 64 at once, in a service with a small heap: nothing runs out of memory, nothing acknowledged is lost, and
/// afterwards nothing is held.
///
/// `-Dlightning.memory.seconds=120 -Dtest.child.minutes=30 -Dtest.seconds.max=3600` does it for two minutes in each of three heaps, and
/// once more in a control group of twice the heap where groups can be made, and compares the throughput of 64 callers with that of 4;
/// `-Dlightning.memory.heaps=256m` only in one.
class MemoryAtLimitsTest {
  private static final int SECONDS = Integer.getInteger("lightning.memory.seconds", 0);
  private static final List<String> HEAPS =
      List.of(System.getProperty("lightning.memory.heaps", "128m,256m,1g").split(",", -1));
  private static final int CALLERS = 64;
  private static final int CALLS_OF_A_KIND = 4;
  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");

  @Test
  void everyCallAtItsLimitFindsMemory(@TempDir Path directory) throws Exception {
    if (SECONDS == 0) {
      everyCallIn("128m", directory, null);
      return;
    }
    for (String heap : HEAPS) {
      everyCallIn(heap, Files.createDirectories(directory.resolve(heap)), null);
      Path group = group(heap);
      if (group != null) {
        everyCallIn(heap, Files.createDirectories(directory.resolve(heap + "-group")), group);
      }
    }
  }

  private static void everyCallIn(String heap, Path directory, @Nullable Path group)
      throws Exception {
    System.out.println("MemoryAtLimitsTest: heap " + heap + (group == null ? "" : " in a group"));
    try (Service service = Service.start(heap, directory, group)) {
      service.oneAtATime(Set.of(Kind.PUT, Kind.PUT_JSON));
      if (SECONDS == 0) {
        service.allAtOnce();
      } else {
        service.forMinutes();
      }
      service.isIdleAgain();
    }
  }

  /// A control group of twice the heap and at least 192 MB more than it, of either version, or null where none can be made. The JVM takes 140 MB beside
  /// the smallest heap: classes, code, and what the C library holds on to.
  private static @Nullable Path group(String heap) {
    boolean first = Files.isDirectory(GROUPS.resolve("memory"));
    Path parent = first ? GROUPS.resolve("memory") : GROUPS;
    int heapMegabytes = heap.equals("1g") ? 1024 : Integer.parseInt(heap.replace("m", ""));
    String twice = heapMegabytes + Math.max(heapMegabytes, 192) + "M";
    try {
      Path group = Files.createDirectories(parent.resolve("lightning-" + heap));
      Files.writeString(group.resolve(first ? "memory.limit_in_bytes" : "memory.max"), twice);
      return group;
    } catch (IOException e) {
      System.out.println("MemoryAtLimitsTest: no control group: " + e);
      return null;
    }
  }

  /// A process with the service in it.
  private record Service(ChildProcess child, CallsAtTheirLimits calls, List<String> failures)
      implements AutoCloseable {

    static Service start(String heap, Path directory, @Nullable Path group) throws IOException {
      int port = freePort();
      List<String> settings =
          List.of(
              "--server.port=" + port,
              "--lightning.log.segment-bytes=8MB",
              "--lightning.requests.slow-threshold=0s",
              "--lightning.write-wait-max=" + (SECONDS == 0 ? "2s" : "10s"),
              "--lightning.data-directory=" + directory);
      ChildProcess child = ChildProcess.startWithHeap(heap, LightningDbApplication.class, settings);
      List<String> failures = new CopyOnWriteArrayList<>();
      Thread.ofPlatform().daemon().start(() -> drain(child, failures));
      if (group != null) {
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(child.pid()));
      }
      await()
          .atMost(Duration.ofSeconds(50))
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> !new Socket(InetAddress.getLoopbackAddress(), port).isClosed());
      CallsAtTheirLimits calls = new CallsAtTheirLimits(port, SECONDS == 0 ? 3 : 100);
      System.out.printf(
          "MemoryAtLimitsTest: heap %s: values of %d bytes%n", heap, calls.valueBytes());
      return new Service(child, calls, failures);
    }

    private static void drain(ChildProcess child, List<String> failures) {
      for (String line = child.line(); line != null; line = child.line()) {
        if (line.contains(" ERROR ") || line.contains("OutOfMemoryError")) {
          System.out.println("MemoryAtLimitsTest: service: " + line);
          failures.add(line);
        } else if (SECONDS > 0 && line.contains(" WARN ")) {
          System.out.println("MemoryAtLimitsTest: service: " + line);
        }
      }
    }

    private static int freePort() throws IOException {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }

    /// A caller that is alone is never refused.
    ///
    /// @param adding calls that add an entry; others replace theirs, or read
    void oneAtATime(Set<Kind> adding) throws IOException {
      for (Kind kind : Kind.values()) {
        int status = adding.contains(kind) ? 201 : 200;
        assertThat(calls.send(kind, 1)).as(kind.toString()).isEqualTo(status);
      }
      assertThat(calls.multiget(10_000)).isEqualTo(413);
    }

    /// Each caller sends one call, and some a second one.
    void allAtOnce() throws InterruptedException {
      AtomicLong next = new AtomicLong();
      int end = CALLS_OF_A_KIND * KINDS.size();
      run(CALLERS, () -> next.get() < end, _ -> oneAfterTheOther(next));
      System.out.println("MemoryAtLimitsTest: " + calls.statuses());
    }

    private static Kind oneAfterTheOther(AtomicLong next) {
      return KINDS.get((int) (next.getAndIncrement() % KINDS.size()));
    }

    private interface Choice {
      Kind of(int number);
    }

    private void run(int callers, BooleanSupplier more, Choice choice) throws InterruptedException {
      List<Throwable> failures = new CopyOnWriteArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        int number = i;
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    while (more.getAsBoolean() && failures.isEmpty()) {
                      int status = calls.send(choice.of(number), number);
                      if (status >= 400 && status != 503) {
                        failures.add(new AssertionError("answered " + status));
                      }
                    }
                  } catch (IOException | RuntimeException e) {
                    failures.add(e);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).as(calls.statuses().toString()).isEmpty();
      assertThat(calls.cut())
          .as("calls without an answer: %s", calls.statuses())
          .isLessThanOrEqualTo(calls.answered() / 10);
    }

    void forMinutes() throws InterruptedException {
      AtomicLong next = new AtomicLong();
      run(CALLERS, inTime(SECONDS), _ -> oneAfterTheOther(next));
      double few = bytesPerSecond(4);
      double many = bytesPerSecond(CALLERS);
      System.out.printf(
          "MemoryAtLimitsTest: 4 callers put %.1f MB/s, %d callers %.1f MB/s; %s%n",
          few / 1e6, CALLERS, many / 1e6, calls.statuses());
      assertThat(many).isGreaterThan(few / 2);
    }

    private double bytesPerSecond(int callers) throws InterruptedException {
      int seconds = Math.max(5, SECONDS / 6);
      long before = puts();
      run(callers, inTime(seconds), _ -> Kind.PUT);
      return (double) (puts() - before) * calls.valueBytes() / seconds;
    }

    private long puts() {
      return calls.statuses().entrySet().stream()
          .filter(each -> each.getKey().startsWith("PUT 20"))
          .mapToLong(each -> each.getValue().get())
          .sum();
    }

    private static BooleanSupplier inTime(int seconds) {
      long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
      return () -> System.nanoTime() < end;
    }

    /// Everything acknowledged is there, nothing is held, and every thread lives.
    void isIdleAgain() throws IOException {
      System.out.printf("MemoryAtLimitsTest: %d keys acknowledged%n", calls.acknowledged());
      assertThat(calls.lost()).isEmpty();
      oneAtATime(Set.of());
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> {
            for (String gauge :
                List.of(
                    "lightning_memory_bytes{part=\"requests\"}",
                    "lightning_memory_bytes{part=\"transactions\"}",
                    "lightning_memory_bytes{part=\"scans\"}",
                    "lightning_memory_bytes{part=\"maintenance\"}",
                    "lightning_memory_requests_waiting",
                    "lightning_requests_active",
                    "lightning_requests_queued")) {
              assertThat(calls.metric(gauge)).as(gauge).isZero();
            }
          });
      for (String group : List.of("liveness", "readiness")) {
        assertThat(calls.health(group)).as(group).isEqualTo("UP");
      }
      assertThat(failures).isEmpty();
    }

    /// Fails with what the process said, if it has ended by itself.
    @Override
    public void close() throws IOException {
      try (child) {
        child.kill();
      }
    }
  }
}
