package io.lightningdb.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The service as it is packed, in a process of its own with a port of its own.
public final class PackedService implements AutoCloseable {
  /// May do everything, where the service was started with credentials.
  public static final String TOKEN = "0123456789abcdef".repeat(4);

  private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");
  private static final int TOLD_LINES = 20;

  private final Process process;
  private final int port;

  private PackedService(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Starts a service that asks no one who they are.
  ///
  /// @param directory of its data
  /// @param settings more of them, as `name=value`
  public static PackedService start(Path directory, String... settings) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                // It is used too briefly for the second compiler.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                System.getProperty("service.jar"),
                "--server.port=0",
                "--lightning.data-directory=" + directory));
    for (String setting : settings) {
      command.add("--" + setting);
    }
    Process process =
        new ProcessBuilder(command)
            .directory(directory.getParent().toFile())
            .redirectErrorStream(true)
            .start();
    Deque<String> told = new ArrayDeque<>();
    BufferedReader lines = process.inputReader();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      told.add(line);
      if (told.size() > TOLD_LINES) {
        told.remove();
      }
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        Thread.ofVirtual().start(() -> drain(lines));
        return new PackedService(process, Integer.parseInt(started.group(1)));
      }
    }
    process.destroyForcibly();
    throw new IOException("the service did not start: " + told);
  }

  /// Starts a service that knows [#TOKEN] and has a place for backups beside its data.
  public static PackedService startGuarded(Path directory) throws IOException {
    return start(
        directory,
        "lightning.security.admin-token-hash=" + sha256(TOKEN),
        "lightning.backup.directory=" + directory.resolveSibling("backups"));
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Takes what the service goes on to say, so that it never waits for a reader.
  private static void drain(BufferedReader lines) {
    try {
      lines.transferTo(Writer.nullWriter());
    } catch (IOException _) {
      // The process has ended.
    }
  }

  /// Where it answers.
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("the service did not stop within 30 s");
    }
  }
}
