package io.lightningdb.engine.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// A program that has every descriptor taken that its process may have, while it writes to a database.
///
/// Argument: the directory. It prints how many writes were refused while there were none, and `ok`, or dies.
public final class DescriptorProcess {
  private static final int ENTRIES = 3000;
  private static final int TAKEN_MAX = 100_000;
  private static final DatabaseOptions OPTIONS =
      DatabaseOptions.defaults()
          .withLog(64 << 10, Duration.ofMillis(20))
          .withMemtables(256 << 10, 4)
          .withRunBytesTarget(256 << 10);

  private DescriptorProcess() {}

  /// Runs it.
  ///
  /// @param arguments the directory
  /// @throws Exception if it cannot look for classes, or what was taken cannot be given back
  public static void main(String[] arguments) throws Exception {
    loadClasses();
    try (Database database = Database.open(Path.of(arguments[0]), OPTIONS)) {
      Keyspace keyspace = database.keyspace("default");
      List<Integer> written = new ArrayList<>();
      List<InputStream> taken = takeAll(Path.of(arguments[0]));
      int refused = write(keyspace, 0, ENTRIES, written);
      System.out.println("refused " + refused);
      for (InputStream each : taken) {
        each.close();
      }
      awaitWrite(keyspace, written);
      write(keyspace, ENTRIES + 1, 2 * ENTRIES, written);
      check(database, written);
    }
    System.out.println("ok");
  }

  /// Each class takes a descriptor when it is loaded out of a directory, which no service has.
  private static void loadClasses() throws Exception {
    Path classes =
        Path.of(Database.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (!Files.isDirectory(classes)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(classes.resolve("io/lightningdb/engine"))) {
      files = all.filter(file -> file.toString().endsWith(".class")).toList();
    }
    for (Path file : files) {
      String name = classes.relativize(file).toString().replace(File.separatorChar, '.');
      if (!name.endsWith("-info.class")) {
        Class.forName(name.substring(0, name.length() - ".class".length()));
      }
    }
  }

  private static List<InputStream> takeAll(Path directory) {
    List<InputStream> taken = new ArrayList<>();
    try {
      while (taken.size() < TAKEN_MAX) {
        taken.add(Files.newInputStream(directory.resolve("LOCK")));
      }
    } catch (IOException e) {
      return taken;
    }
    throw new AssertionError("there is no limit of descriptors");
  }

  private static byte[] key(int number) {
    return ("key-" + number).getBytes(US_ASCII);
  }

  private static byte[] value(int number) {
    byte[] value = new byte[1000];
    new Random(number).nextBytes(value);
    return value;
  }

  private static int write(Keyspace keyspace, int from, int to, List<Integer> written) {
    int refused = 0;
    for (int number = from; number < to; number++) {
      if (put(keyspace, number)) {
        written.add(number);
      } else {
        refused++;
      }
    }
    return refused;
  }

  private static boolean put(Keyspace keyspace, int number) {
    try {
      keyspace.put(key(number), value(number), Durability.LOGGED);
      return true;
    } catch (EngineException.Overloaded _) {
      return false;
    }
  }

  private static void awaitWrite(Keyspace keyspace, List<Integer> written) {
    long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!put(keyspace, ENTRIES)) {
      if (System.nanoTime() > until) {
        throw new AssertionError("writes are refused, though there are descriptors");
      }
      Thread.onSpinWait();
    }
    written.add(ENTRIES);
  }

  private static void check(Database database, List<Integer> written) {
    if (database.writeFailure().isPresent()) {
      throw new AssertionError(database.writeFailure().get());
    }
    for (int number : written) {
      if (!Arrays.equals(database.keyspace("default").get(key(number)), value(number))) {
        throw new AssertionError("entry " + number + " is wrong");
      }
    }
    if (!database.checkIntegrity().isClean()) {
      throw new AssertionError(database.checkIntegrity());
    }
  }
}
