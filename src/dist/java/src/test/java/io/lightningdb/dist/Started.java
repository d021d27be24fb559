package io.lightningdb.dist;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A service in a process of its own, up to its end.
final class Started implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
  private static final int SECONDS_MAX = 600;

  private final Process process;
  private final StringBuffer told = new StringBuffer();
  private final CountDownLatch listening = new CountDownLatch(1);
  private volatile int port;

  private Started(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::read);
  }

  /// Starts it, and returns once it listens.
  static Started start(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("LIGHTNING_"));
    builder.environment().putAll(environment);
    Started started = new Started(builder.start());
    boolean told = started.listening.await(SECONDS_MAX, TimeUnit.SECONDS);
    if (!told || started.port == 0) {
      started.process.destroyForcibly();
      throw new IOException("it did not start: " + started.told);
    }
    return started;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        told.append(line).append('\n');
        Matcher matcher = PORT.matcher(line);
        if (port == 0 && matcher.find()) {
          port = Integer.parseInt(matcher.group(1));
          listening.countDown();
        }
      }
    } catch (IOException _) {
      // It has ended.
    }
    listening.countDown();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  String told() {
    return told.toString();
  }

  /// Ends it by SIGTERM.
  int stop() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("it did not stop: " + told);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
