package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.testkit.ChildProcess;
import io.lightningdb.engine.testkit.ExhaustedHeapProcess;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.PassingStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Memory runs out in the middle of a commit: nothing is half done for good, and a resume makes the engine take writes again.
class ExhaustedHeapTest {

  @Test
  void aCommitThatFoundNoMemoryBehindTheLogIsMadeByTheResume(@TempDir Path directory)
      throws IOException {
    try (ChildProcess child =
        ChildProcess.startWithHeap(
            "64m", ExhaustedHeapProcess.class, List.of(directory.toString()))) {
      child.expect("ok");
    }
    assertThat(Database.verify(directory, (_, _) -> {}).faults()).isEmpty();
  }

  @Test
  void anAppendThatEndsWithAnErrorIsAFailureThatAResumeMends() {
    Machine machine = Machine.empty();
    AtomicBoolean exhausted = new AtomicBoolean();
    Environment environment =
        new Environment(
            new PassingStorage(machine.storage()) {
              @Override
              public StorageFile create(String name) throws IOException {
                return exhausting(super.create(name), exhausted);
              }

              @Override
              public StorageFile open(String name) throws IOException {
                return exhausting(super.open(name), exhausted);
              }
            },
            machine.clock(),
            machine.workers(),
            1);
    try (Database database = Database.open(environment, DatabaseOptions.defaults())) {
      Keyspace keyspace = database.keyspace("default");
      keyspace.put(new byte[] {1}, new byte[] {1}, Durability.SYNCED);
      exhausted.set(true);
      assertThatThrownBy(() -> keyspace.put(new byte[] {2}, new byte[] {2}, Durability.LOGGED))
          .isInstanceOf(OutOfMemoryError.class);
      exhausted.set(false);
      assertThat(database.writeFailure()).isPresent();
      assertThatThrownBy(() -> keyspace.put(new byte[] {3}, new byte[] {3}, Durability.LOGGED))
          .isInstanceOf(EngineException.ReadOnly.class);

      assertThat(database.resume()).isTrue();

      keyspace.put(new byte[] {3}, new byte[] {3}, Durability.SYNCED);
      assertThat(keyspace.get(new byte[] {1})).containsExactly(1);
      assertThat(keyspace.get(new byte[] {3})).containsExactly(3);
    }
  }

  /// Writes, and then has no memory for the rest.
  private static StorageFile exhausting(StorageFile real, AtomicBoolean exhausted) {
    return new StorageFile() {
      @Override
      public void write(long position, byte[] bytes, int offset, int length) throws IOException {
        real.write(position, bytes, offset, length);
        if (exhausted.get()) {
          throw new OutOfMemoryError("injected");
        }
      }

      @Override
      public void store(long position, byte[] bytes, int offset, int length) throws IOException {
        real.store(position, bytes, offset, length);
        if (exhausted.get()) {
          throw new OutOfMemoryError("injected");
        }
      }

      @Override
      public void sync() throws IOException {
        real.sync();
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    };
  }
}
