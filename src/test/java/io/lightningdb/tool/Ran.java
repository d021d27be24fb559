package io.lightningdb.tool;

import io.lightningdb.tool.client.Session;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine;

/// What a command did.
///
/// @param exitCode its exit code
/// @param out what it wrote to standard output
/// @param err what it wrote to standard error
public record Ran(int exitCode, String out, String err) {

  /// Runs a command in this process.
  public static Ran command(Object... args) {
    return command(
        _ -> {
          throw new AssertionError("the server was started");
        },
        args);
  }

  public static Ran command(Consumer<String[]> server, Object... args) {
    return command(server, new byte[0], Map.of(), args);
  }

  /// Runs a command with something on standard input, and variables of the environment.
  public static Ran command(
      Consumer<String[]> server, byte[] in, Map<String, String> environment, Object... args) {
    return command(server, new ByteArrayInputStream(in), environment, args);
  }

  /// Runs a command with something on standard input that may fail.
  public static Ran command(
      Consumer<String[]> server, InputStream in, Map<String, String> environment, Object... args) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Session session = new Session(in, bytes, environment, null);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = List.of(args).stream().map(Object::toString).toArray(String[]::new);
    int exitCode =
        Commands.commandLine(texts, server, session)
            .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(texts);
    return new Ran(exitCode, out + bytes.toString(StandardCharsets.UTF_8), err.toString());
  }

  public List<String> lines() {
    return out.lines().toList();
  }
}
