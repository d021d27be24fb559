package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.WriteBatch;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A process of its own that writes to a database for as long as it lives, and tells its parent of each commit after it was
/// acknowledged.
///
/// Arguments: the directory, and for each thread the number of commits it made before. It writes lines to its standard
/// output: `opening`, `open`, and for each acknowledged commit the thread and the number of the commit. What a thread
/// commits follows from these two numbers alone, so that the parent knows it too; threads share no key. When its standard
/// input ends, the parent is gone and the process halts.
public final class WriterProcess {
  /// Threads that write at the same time.
  public static final int THREADS = 3;

  /// Keyspaces that are written.
  public static final List<String> KEYSPACES = List.of("default", "other");

  private static final int KEYS = 40;

  private final Database database;
  private final OutputStream acknowledgements;

  private WriterProcess(Database database, OutputStream acknowledgements) {
    this.database = database;
    this.acknowledgements = acknowledgements;
  }

  /// Runs the process.
  ///
  /// @param arguments the directory, and the commits made so far by each thread
  /// @throws IOException if the parent's pipe is closed
  public static void main(String[] arguments) throws IOException {
    Thread.ofPlatform().daemon().start(WriterProcess::haltWithParent);
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> halt(e));
    // Unbuffered: each line is one write to the pipe, whole or not at all.
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    say(out, "opening");
    // The reserve is raised to the least that merges need: how full this machine's disk is does not
    // matter here.
    Database database = Database.open(Path.of(arguments[0]), Variant.TINY.withDiskReserveBytes(1));
    for (String keyspace : KEYSPACES) {
      database.keyspace(keyspace, KeyspaceOptions.defaults());
    }
    say(out, "open");
    WriterProcess process = new WriterProcess(database, out);
    for (int thread = 0; thread < THREADS; thread++) {
      int number = thread;
      long done = Long.parseLong(arguments[1 + thread]);
      Thread.ofPlatform().start(() -> process.write(number, done));
    }
  }

  private static void haltWithParent() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      halt(e);
    }
    Runtime.getRuntime().halt(2);
  }

  private static void halt(Throwable cause) {
    cause.printStackTrace();
    Runtime.getRuntime().halt(3);
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private void write(int thread, long done) {
    try {
      for (long number = done; ; number++) {
        WriteBatch batch = new WriteBatch();
        for (Change change : changes(thread, number)) {
          change.addTo(batch, database.keyspace(change.keyspace()));
        }
        commit(batch, number % 3 == 0 ? Durability.SYNCED : Durability.LOGGED);
        say(acknowledgements, thread + " " + number);
      }
    } catch (IOException e) {
      halt(e);
    }
  }

  /// As a client does: a refusal for want of room, as on a slow disk, changed nothing, and is followed by another try.
  private void commit(WriteBatch batch, Durability durability) {
    while (true) {
      try {
        database.write(batch, durability);
        return;
      } catch (EngineException.Overloaded e) {
        System.err.println(e.getMessage());
      }
    }
  }

  /// What a thread writes as its commit of this number.
  ///
  /// @param thread the thread
  /// @param number how many commits it made before
  /// @return the changes
  public static List<Change> changes(int thread, long number) {
    SplittableRandom random = new SplittableRandom(31 * number + thread);
    List<Change> changes = new ArrayList<>();
    int count = random.nextInt(3) == 0 ? 2 + random.nextInt(6) : 1;
    for (int i = 0; i < count; i++) {
      changes.add(change(thread, random));
    }
    // The same in both keyspaces: half a commit shows at once.
    for (String keyspace : KEYSPACES) {
      byte[] text = Long.toString(number).getBytes(StandardCharsets.US_ASCII);
      changes.add(new Change.Put(keyspace, key(thread, "commits"), text));
    }
    return changes;
  }

  private static Change change(int thread, SplittableRandom random) {
    String keyspace = KEYSPACES.get(random.nextInt(KEYSPACES.size()));
    byte[] key = key(thread, "%02d".formatted(random.nextInt(KEYS)));
    return switch (random.nextInt(8)) {
      case 0, 1 -> new Change.Delete(keyspace, key);
      case 2 ->
          new Change.DeleteRange(
              keyspace, KeySpan.between(key, key(thread, "%02d".formatted(random.nextInt(KEYS)))));
      default -> {
        byte[] value = new byte[random.nextInt(2000)];
        random.nextBytes(value);
        yield new Change.Put(keyspace, key, value);
      }
    };
  }

  /// A key that only this thread uses.
  private static byte[] key(int thread, String name) {
    return ("thread-" + thread + "/" + name).getBytes(StandardCharsets.US_ASCII);
  }

  /// The keys that a thread uses.
  ///
  /// @param thread the thread
  /// @return a span
  public static KeySpan keys(int thread) {
    return new KeySpan(KeySpan.Form.PREFIX, key(thread, ""), null, false);
  }
}
