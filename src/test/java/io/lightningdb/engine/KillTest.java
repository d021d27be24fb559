package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.ChildProcess;
import io.lightningdb.engine.testkit.Model;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.Variant;
import io.lightningdb.engine.testkit.WriterProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process is killed with SIGKILL while it writes from several threads and while it recovers. Its parent, who got the
/// acknowledgements through a pipe, finds every acknowledged commit, whole, and at most the one commit of each thread
/// that was on its way.
class KillTest {
  private static final int ROUNDS = 8;
  private static final int ACKNOWLEDGEMENTS_MAX = 1000;
  private static final int RECOVERY_MICROS_MAX = 60_000;

  @TempDir private Path directory;

  private final List<Writer> writers = new ArrayList<>();

  KillTest() {
    for (int thread = 0; thread < WriterProcess.THREADS; thread++) {
      writers.add(new Writer(thread));
    }
  }

  @Test
  void nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws Exception {
    long seed = Seeds.one();
    Seeds.print(KillTest.class, seed, "starting");
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS * Seeds.campaign(); round++) {
      try {
        if (round % 4 == 3) {
          killWhileOpening(Duration.ofNanos(1000L * random.nextInt(RECOVERY_MICROS_MAX)));
        } else {
          killWhileWriting(random.nextInt(ACKNOWLEDGEMENTS_MAX));
        }
        verifyCopy();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("round " + round + " of seed " + seed + ": " + e.getMessage(), e);
      }
    }
    long commits = writers.stream().mapToLong(writer -> writer.done).sum();
    Seeds.print(KillTest.class, seed, ROUNDS + " kills, " + commits + " commits");
    assertThat(commits).isGreaterThan(ROUNDS);
  }

  private ChildProcess startWriter() throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(directory.toString());
    writers.forEach(writer -> arguments.add(Long.toString(writer.done)));
    return ChildProcess.start(WriterProcess.class, arguments);
  }

  private void killWhileWriting(int acknowledgements) throws IOException {
    try (ChildProcess child = startWriter()) {
      child.expect("opening");
      child.expect("open");
      for (int i = 0; i < acknowledgements; i++) {
        acknowledged(child.nextLine());
      }
      child.kill();
      for (String line = child.line(); line != null; line = child.line()) {
        acknowledged(line);
      }
      writers.forEach(Writer::expectOneInDoubt);
    }
  }

  private void acknowledged(String line) {
    String[] words = line.split(" ", 2);
    writers.get(Integer.parseInt(words[0])).acknowledge(Long.parseLong(words[1]));
  }

  private void killWhileOpening(Duration after) throws IOException, InterruptedException {
    try (ChildProcess child = startWriter()) {
      child.expect("opening");
      child.letRun(after);
      child.kill();
      String line = child.line();
      if ("open".equals(line)) {
        for (line = child.line(); line != null; line = child.line()) {
          acknowledged(line);
        }
        writers.forEach(Writer::expectOneInDoubt);
      }
    }
  }

  /// Checks a copy, so that the next process finds the directory as the killed one left it.
  private void verifyCopy() throws IOException {
    Path copy = Files.createTempDirectory(directory.getParent(), "copy");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    try (Database database = Database.open(copy, Variant.TINY)) {
      writers.forEach(writer -> writer.verify(database));
      assertThat(database.checkIntegrity().faults()).isEmpty();
    }
    assertThat(Database.verify(copy, (_, _) -> {}).faults()).isEmpty();
    deleteAll(copy);
  }

  private static void deleteAll(Path copy) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(copy)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(copy);
  }

  /// What the parent knows of one thread of the child.
  private static final class Writer {
    private final int thread;
    private final Model model = new Model();
    private long done;
    private boolean oneInDoubt;

    Writer(int thread) {
      this.thread = thread;
      WriterProcess.KEYSPACES.forEach(model::create);
    }

    void acknowledge(long number) {
      assertThat(number).as("commit acknowledged by thread " + thread).isEqualTo(done);
      commit();
    }

    private void commit() {
      model.commit(WriterProcess.changes(thread, done));
      done++;
    }

    void expectOneInDoubt() {
      oneInDoubt = true;
    }

    void verify(Database database) {
      long acknowledged = model.version();
      if (oneInDoubt && !content(database).equals(expected())) {
        commit();
      }
      oneInDoubt = false;
      assertThat(content(database))
          .as("thread %d, %d commits acknowledged", thread, acknowledged)
          .isEqualTo(expected());
    }

    private Map<String, String> expected() {
      Map<String, String> content = new TreeMap<>();
      for (String keyspace : WriterProcess.KEYSPACES) {
        for (var entry : model.scan(keyspace, WriterProcess.keys(thread), model.version())) {
          content.put(name(keyspace, entry.getKey()), hex(entry.getValue().value()));
        }
      }
      return content;
    }

    private Map<String, String> content(Database database) {
      Map<String, String> content = new TreeMap<>();
      for (String name : WriterProcess.KEYSPACES) {
        Keyspace keyspace = database.findKeyspace(name).orElse(null);
        if (keyspace != null) {
          try (Scan scan = keyspace.scan(WriterProcess.keys(thread).toRange())) {
            while (scan.next()) {
              content.put(name(name, scan.key()), hex(scan.value()));
            }
          }
        }
      }
      return content;
    }

    private static String name(String keyspace, byte[] key) {
      return keyspace + " " + new String(key, StandardCharsets.US_ASCII);
    }

    private static String hex(byte[] value) {
      return HexFormat.of().formatHex(value);
    }
  }
}
