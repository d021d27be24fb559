package io.lightningdb.engine.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A Java process of our own, with this one's class path, that can be killed. *Confined to one thread.*
///
/// It is killed if it lives longer than five minutes, so that no test waits for ever. A campaign says with `-Dtest.child.minutes=N` how
/// long it needs.
public final class ChildProcess implements AutoCloseable {
  private static final String LIFE_MINUTES = "test.child.minutes";
  private static final Duration LIFE_MAX = Duration.ofMinutes(Integer.getInteger(LIFE_MINUTES, 5));

  private final Process process;
  private final BufferedReader lines;
  private final Path errors;

  private ChildProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    CompletableFuture.delayedExecutor(LIFE_MAX.toSeconds(), TimeUnit.SECONDS)
        .execute(() -> process.toHandle().destroyForcibly());
  }

  /// Starts a main class.
  ///
  /// @param main the class
  /// @param arguments its arguments
  /// @return the process
  /// @throws IOException if it cannot be started
  public static ChildProcess start(Class<?> main, List<String> arguments) throws IOException {
    return startWithHeap("128m", main, arguments);
  }

  /// Starts a main class.
  ///
  /// @param heap size of its heap, as the JVM takes it
  /// @param main the class
  /// @param arguments its arguments
  /// @return the process
  /// @throws IOException if it cannot be started
  public static ChildProcess startWithHeap(String heap, Class<?> main, List<String> arguments)
      throws IOException {
    return startUnder(List.of(), heap, main, arguments);
  }

  /// Starts a main class by way of another program, which makes the conditions of its life.
  ///
  /// @param under the program and its arguments, which runs the rest of its command line; empty for none
  /// @param heap size of its heap, as the JVM takes it
  /// @param main the class
  /// @param arguments its arguments
  /// @return the process
  /// @throws IOException if it cannot be started
  public static ChildProcess startUnder(
      List<String> under, String heap, Class<?> main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(under);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Starts fast rather than runs fast.
    command.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-ea"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Path errors = Files.createTempFile("child", ".err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    return new ChildProcess(process, errors);
  }

  /// Identifier of the process.
  ///
  /// @return its pid
  public long pid() {
    return process.pid();
  }

  /// Reads the next line of its output; waits for it.
  ///
  /// @return the line, or null once the process is dead and everything it said was read
  public @Nullable String line() {
    try {
      return lines.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads the next line of its output, which must come.
  ///
  /// @return the line
  /// @throws AssertionError if the process ended by itself; says how and what it wrote to its standard error
  public String nextLine() {
    String line = line();
    if (line == null) {
      throw new AssertionError("the child ended by itself: " + errors());
    }
    return line;
  }

  /// Reads what it still says until it is dead.
  ///
  /// @throws IOException if its output cannot be read
  public void drain() throws IOException {
    lines.transferTo(Writer.nullWriter());
  }

  /// Reads the next line, which must be this one.
  ///
  /// @param line what it must say
  public void expect(String line) {
    String found = line();
    if (!line.equals(found)) {
      throw new AssertionError("the child says " + found + " instead of " + line + ": " + errors());
    }
  }

  /// Lets it run for a while.
  ///
  /// @param duration how long
  /// @throws InterruptedException if this thread is interrupted
  public void letRun(Duration duration) throws InterruptedException {
    if (process.waitFor(duration.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError("the child ended by itself: " + errors());
    }
  }

  /// Kills it with SIGKILL. What it said before can still be read.
  ///
  /// @throws AssertionError if it was dead already
  public void kill() {
    if (!process.isAlive()) {
      throw new AssertionError("the child ended by itself: " + errors());
    }
    // Not by the process itself, which would close our end of the pipe.
    process.toHandle().destroyForcibly();
  }

  /// How it ended.
  ///
  /// @param exitCode its exit code
  /// @param errors what it wrote to its standard error
  public record End(int exitCode, String errors) {}

  /// Waits for its end.
  ///
  /// @return how it ended
  /// @throws IOException if its output cannot be read
  public End awaitEnd() throws IOException {
    drain();
    int exitCode = process.onExit().join().exitValue();
    return new End(exitCode, Files.readString(errors));
  }

  private String errors() {
    try {
      return "exit code %d (137: killed, as after %s minutes, -D%s), %s"
          .formatted(
              process.onExit().join().exitValue(),
              LIFE_MAX.toMinutes(),
              LIFE_MINUTES,
              Files.readString(errors));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Kills it if it lives, and waits for its end.
  ///
  /// @throws IOException if its streams cannot be closed
  @Override
  public void close() throws IOException {
    process.toHandle().destroyForcibly();
    process.onExit().join();
    lines.close();
    Files.delete(errors);
  }
}
