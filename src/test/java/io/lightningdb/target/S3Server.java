package io.lightningdb.target;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An object store on the loopback interface that checks signatures: S3Proxy over a temporary directory, in a process of its own that
/// all tests share. *Thread-safe.*
public final class S3Server {
  /// Who may do everything.
  public static final String ACCESS_KEY_ID = "local-identity";

  /// And the proof of it.
  public static final String SECRET_ACCESS_KEY = "local-credential-planted-secret";

  private static final Path CLASS_PATH = Path.of("target", "s3-server.classpath");
  private static final Pattern STARTED =
      Pattern.compile("Started ServerConnector.*\\{127\\.0\\.0\\.1:(\\d+)}");
  private static @Nullable S3Server shared;

  private final Path directory;
  private final int port;
  private final AtomicInteger buckets = new AtomicInteger();

  private S3Server(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /// The server, which is started by the first who asks.
  ///
  /// @return up and running until this JVM ends
  public static synchronized S3Server shared() {
    S3Server server = shared;
    if (server == null) {
      try {
        server = start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      shared = server;
    }
    return server;
  }

  private static S3Server start() throws IOException {
    if (!Files.exists(CLASS_PATH)) {
      throw new IllegalStateException(
          CLASS_PATH + " is missing: ./mvnw generate-test-resources writes it");
    }
    Path directory = Files.createTempDirectory("s3-server");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile=" + logging(directory),
                "-cp",
                Path.of("target", "test-classes") + ":" + Files.readString(CLASS_PATH).strip(),
                S3ServerProcess.class.getName(),
                "--properties",
                properties(directory).toString())
            .redirectErrorStream(true)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new S3Server(directory, portOf(process));
  }

  private static Path properties(Path directory) throws IOException {
    Files.createDirectory(directory.resolve("buckets"));
    return Files.writeString(
        directory.resolve("s3proxy.conf"),
        """
        s3proxy.endpoint=http://127.0.0.1:0
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.identity=%s
        s3proxy.credential=%s
        jclouds.provider=filesystem-nio2
        jclouds.filesystem.basedir=%s
        """
            .formatted(ACCESS_KEY_ID, SECRET_ACCESS_KEY, directory.resolve("buckets")));
  }

  private static Path logging(Path directory) throws IOException {
    return Files.writeString(
        directory.resolve("logback.xml"),
        """
        <configuration>
          <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
            <encoder><pattern>%logger %msg%n</pattern></encoder>
          </appender>
          <root level="INFO"><appender-ref ref="out"/></root>
        </configuration>
        """);
  }

  @SuppressWarnings("resource") // Read on a thread of its own as long as the process lives.
  private static int portOf(Process process) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.append(line).append('\n');
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        Thread.ofPlatform().daemon().name("s3-server-output").start(() -> drain(lines));
        return Integer.parseInt(started.group(1));
      }
    }
    throw new IllegalStateException("the object store did not start: " + said);
  }

  private static void drain(BufferedReader lines) {
    try {
      lines.transferTo(Writer.nullWriter());
    } catch (IOException _) {
      // The process is dead.
    }
  }

  /// Makes a bucket.
  ///
  /// @return its name, which no other has
  public String newBucket() {
    String bucket = "bucket-" + buckets.incrementAndGet();
    try {
      Files.createDirectory(directory(bucket));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bucket;
  }

  /// Where the objects of a bucket are, each a file.
  ///
  /// @param bucket its name
  /// @return a directory
  public Path directory(String bucket) {
    return directory.resolve("buckets").resolve(bucket);
  }

  /// Where the server listens.
  ///
  /// @return a port of the loopback interface
  public int port() {
    return port;
  }

  /// Where the server listens.
  ///
  /// @return its URL
  public String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /// How it is reached by whoever may do everything.
  ///
  /// @return settings with the smallest parts, and little patience
  public S3Settings settings() {
    return settings(endpoint());
  }

  /// The same at another address.
  ///
  /// @param endpoint the URL of something that stands before the server
  /// @return settings
  public static S3Settings settings(String endpoint) {
    return new S3Settings(
        endpoint,
        "us-east-1",
        S3Settings.PathStyle.ON,
        ACCESS_KEY_ID,
        SECRET_ACCESS_KEY,
        new S3Settings.Limits(
            Duration.ofSeconds(5), Duration.ofSeconds(30), 3, S3Settings.Limits.PART_BYTES_MIN));
  }
}
