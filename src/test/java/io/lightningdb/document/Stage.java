package io.lightningdb.document;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import io.lightningdb.server.OwnService;
import io.lightningdb.tool.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The machine at which a runbook is read: a folder with `lightningdb.jar`, its volume, another disk below `/mnt`, and a server that is up
/// or not. *Confined to one thread.*
///
/// The volume is one of memory where this is root, and the folder of the test where not.
final class Stage implements AutoCloseable {
  static final int VOLUME_MEGABYTES = 160;

  private static final String PATTERN = "%d %-5level %logger{0}: %msg%n%ex";

  /// Names that pages give to what they read and write below the folder.
  private static final Pattern RELATIVE = Pattern.compile("(data|loss|sample[.])[-./\\w]*");

  private final Path folder;
  private final Path mounted;
  private final boolean isVolume;
  private final Shell shell;
  private @Nullable OwnService service;
  private @Nullable FileAppender<ILoggingEvent> appender;
  private final Map<String, String> known = new HashMap<>();
  private int port = 1;

  /// @param parent an empty directory
  /// @param hasVolume whether there should be a volume
  Stage(Path parent, boolean hasVolume) throws IOException {
    folder = Files.createDirectory(parent.resolve("machine"));
    mounted = Files.createDirectory(parent.resolve("mnt"));
    isVolume =
        hasVolume && mount("mount", "-t", "tmpfs", "-o", "size=" + VOLUME_MEGABYTES + "m", "tmpfs");
    shell = new Shell(folder, port, this::java);
  }

  private boolean mount(String... command) {
    List<String> whole = new ArrayList<>(List.of(command));
    whole.add(folder.toString());
    try {
      Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Whether the folder is a volume of its own, which can be filled.
  boolean isVolume() {
    return isVolume;
  }

  Path folder() {
    return folder;
  }

  Path data() {
    return folder.resolve("data");
  }

  /// Where pages say `/mnt/…`.
  Path mounted(String name) {
    return mounted.resolve(name);
  }

  boolean isUp() {
    return service != null;
  }

  OwnService service() {
    return Objects.requireNonNull(service, "the server is not up");
  }

  /// Starts the server, whose log goes to `server.log`.
  OwnService start(Path directory, String... settings) {
    stop();
    Path log = folder.resolve("server.log");
    String[] all =
        Stream.concat(
                Stream.of(settings),
                Stream.of(
                    "--logging.file.name=" + log,
                    "--logging.pattern.file=" + PATTERN,
                    "--lightning.security.audit-file=" + folder.resolve("audit.jsonl")))
            .toArray(String[]::new);
    OwnService started = OwnService.start(directory, all);
    service = started;
    if (!Files.exists(log)) {
      writeLog(log);
    }
    port = started.port();
    return started;
  }

  /// By an appender of its own: beside another service in this JVM the setting for a file does not count.
  private void writeLog(Path log) {
    LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(logging);
    encoder.setPattern(PATTERN);
    encoder.start();
    FileAppender<ILoggingEvent> file = new FileAppender<>();
    file.setContext(logging);
    file.setFile(log.toString());
    file.setEncoder(encoder);
    file.start();
    logging.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(file);
    appender = file;
  }

  void stop() {
    if (appender != null) {
      ((LoggerContext) LoggerFactory.getILoggerFactory())
          .getLogger(Logger.ROOT_LOGGER_NAME)
          .detachAppender(appender);
      appender.stop();
      appender = null;
    }
    if (service != null) {
      service.close();
      service = null;
    }
  }

  /// Types a command.
  ///
  /// @return what it printed, errors too, in the names of the page
  Shell.Pasted type(String command) throws IOException {
    Shell.Pasted pasted = shell.paste("{ " + here(command) + "\n} 2>&1\n");
    return new Shell.Pasted(pasted.exitCode(), there(pasted.out()), "");
  }

  /// Says what something is here that readers know, such as when a mistake was made.
  ///
  /// @param shown what pages call it
  /// @param here what it is
  void isKnown(String shown, String here) {
    known.put(shown, here);
  }

  /// Sets a variable, as a reader does who keeps something from before.
  void set(String variable, String value) throws IOException {
    shell.paste(variable + "='" + value + "'\n");
  }

  private String here(String command) {
    String text = command;
    for (Map.Entry<String, String> each : known.entrySet()) {
      text = text.replace(each.getKey(), each.getValue());
    }
    return text.replace("127.0.0.1:8080", "127.0.0.1:" + port)
        .replace("127.0.0.1:8443", "127.0.0.1:" + port)
        .replace(" :8080", " :" + port)
        .replace("/mnt/", mounted + "/");
  }

  private String there(String printed) {
    return printed
        .replace(mounted + "/", "/mnt/")
        .replace(folder + "/", "")
        .replace("127.0.0.1:" + port, "127.0.0.1:8080");
  }

  private Shell.Done java(List<String> arguments) {
    if (arguments.size() < 3
        || !arguments.subList(0, 2).equals(List.of("-jar", "lightningdb.jar"))) {
      return new Shell.Done(1, port, "java is asked for something else: " + arguments + "\n");
    }
    List<String> rest =
        arguments.subList(2, arguments.size()).stream().map(this::inFolder).toList();
    Ran ran =
        Ran.command(
            _ -> {
              throw new AssertionError("the server was started");
            },
            new byte[0],
            Map.of("LIGHTNING_URL", "http://127.0.0.1:" + port),
            rest.toArray());
    return new Shell.Done(ran.exitCode(), port, ran.out(), ran.err());
  }

  private String inFolder(String argument) {
    String value = argument.substring(argument.indexOf('=') + 1);
    return RELATIVE.matcher(value).matches()
        ? argument.substring(0, argument.length() - value.length()) + folder.resolve(value)
        : argument;
  }

  @Override
  public void close() {
    stop();
    shell.close();
    if (isVolume) {
      // Lazily, for the log of the process is still open there.
      mount("umount", "-l");
    }
  }
}
