package io.lightningdb.bench.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A process that this one has started and ends. Where it speaks, it answers each line of its input with a line. *Confined to one
/// thread.*
public final class Child implements AutoCloseable {
  private static final int MINUTES_MAX = 60;
  private static final int SECONDS_TO_END_MAX = 30;

  private final Process process;
  private final Path log;
  private final boolean speaking;
  private final Thread stopper;
  private final BufferedReader answers;
  private final Writer questions;

  private Child(Process process, Path log, boolean speaking) {
    this.process = process;
    this.log = log;
    this.speaking = speaking;
    // Whoever ends the benchmark ends what it has started, and nothing waits forever for a process
    // that hangs.
    this.stopper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(stopper);
    CompletableFuture.delayedExecutor(MINUTES_MAX, TimeUnit.MINUTES)
        .execute(process::destroyForcibly);
    this.answers = process.inputReader();
    this.questions = process.outputWriter();
  }

  /// Starts a process that answers.
  ///
  /// @param command what to run
  /// @param log takes what it says besides
  /// @return the process
  /// @throws IOException if it cannot be started
  public static Child speaking(List<String> command, Path log) throws IOException {
    return new Child(new ProcessBuilder(command).redirectError(log.toFile()).start(), log, true);
  }

  /// Starts a process that does not answer.
  ///
  /// @param command what to run
  /// @param log takes all it says
  /// @return the process
  /// @throws IOException if it cannot be started
  public static Child silent(List<String> command, Path log) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    return new Child(builder.redirectOutput(log.toFile()).start(), log, false);
  }

  /// Whether it answers.
  ///
  /// @return true if it was started so
  public boolean isSpeaking() {
    return speaking;
  }

  /// Sends a line and waits for the answer.
  ///
  /// @param line without its end
  /// @return the line answered
  /// @throws IOException if the process has ended
  public String ask(String line) throws IOException {
    questions.write(line + "\n");
    questions.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("a process ended early, see " + log);
    }
    return answer;
  }

  /// Processor time so far, of all its threads.
  ///
  /// @return zero if the system does not say
  public Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// Number of the process.
  ///
  /// @return unique while it runs
  public long pid() {
    return process.pid();
  }

  /// Whether the process still runs.
  ///
  /// @return false after its end
  public boolean isAlive() {
    return process.isAlive();
  }

  /// Where it logs to.
  ///
  /// @return a file
  public Path log() {
    return log;
  }

  /// Sends a signal to end, and waits until it has ended by itself.
  ///
  /// @return true if it has in time
  /// @throws InterruptedException if this thread is ended
  public boolean terminate() throws InterruptedException {
    process.destroy();
    return process.waitFor(MINUTES_MAX, TimeUnit.MINUTES);
  }

  /// Ends it: one that speaks by the end of its input, any other by a signal, and one that does not listen by force.
  @Override
  public void close() throws IOException {
    try (questions;
        answers) {
      process.destroy();
      if (!process.waitFor(SECONDS_TO_END_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } finally {
      Runtime.getRuntime().removeShutdownHook(stopper);
    }
  }
}
