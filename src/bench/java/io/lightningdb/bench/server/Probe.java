package io.lightningdb.bench.server;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The main class of a measured JVM: runs that of the server, and answers each line of its input with the bytes that all threads of
/// the JVM have allocated so far. The JVM counts them per platform thread, those that carry virtual threads among them, whether
/// somebody asks or not; so this costs nothing while requests are served, needs no agent and opens no port.
///
/// When the input ends, the process does: a server does not outlive who started it.
final class Probe {
  private Probe() {}

  /// Runs a server.
  ///
  /// @param arguments name of a main class, and its arguments
  /// @throws ReflectiveOperationException if it has no main method, or that throws
  public static void main(String[] arguments) throws ReflectiveOperationException {
    PrintStream answers = System.out;
    // What the server logs must not mix with the answers.
    System.setOut(System.err);
    Thread.ofPlatform().daemon().name("probe").start(() -> answer(answers));
    Class.forName(arguments[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  private static void answer(PrintStream answers) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      while (questions.readLine() != null) {
        answers.println(threads.getTotalThreadAllocatedBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      System.exit(0);
    }
  }
}
