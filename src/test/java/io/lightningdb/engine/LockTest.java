package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.testkit.ChildProcess;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.WriterProcess;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// One process has the directory, and the others are told which.
class LockTest {
  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  @Test
  void aSecondOpeningInTheSameProcessIsRefusedAndHarmsNothing() {
    Database first = databases.open(DatabaseOptions.defaults());
    assertInUse(ProcessHandle.current().pid());
    assertThatThrownBy(() -> Database.verify(databases.directory(), (_, _) -> {}))
        .isInstanceOf(EngineException.DirectoryInUse.class);
    first.keyspace("default").put(new byte[] {1}, new byte[] {2});
    // The refused opening must not have released the first one's lock.
    assertInUse(ProcessHandle.current().pid());
    assertThat(first.keyspace("default").get(new byte[] {1})).isEqualTo(new byte[] {2});
  }

  @Test
  void closingReleasesTheDirectory() {
    for (int i = 0; i < 3; i++) {
      Database database = Database.open(databases.directory(), DatabaseOptions.defaults());
      database.close();
      database.close();
    }
    databases.open(DatabaseOptions.defaults());
  }

  @Test
  void anotherProcessIsNamedByItsPidUntilItDies() throws IOException {
    try (ChildProcess child =
        ChildProcess.start(
            WriterProcess.class, List.of(databases.directory().toString(), "0", "0", "0"))) {
      child.expect("opening");
      child.expect("open");
      assertInUse(child.pid());
      child.kill();
      child.drain();
    }
    Database database = databases.open(DatabaseOptions.defaults());
    assertThat(database.findKeyspace("other")).isPresent();
  }

  private void assertInUse(long pid) {
    assertThatThrownBy(() -> Database.open(databases.directory(), DatabaseOptions.defaults()))
        .isInstanceOfSatisfying(
            EngineException.DirectoryInUse.class,
            refusal -> assertThat(refusal.holder()).isEqualTo(pid))
        .hasMessageContaining(Long.toString(pid));
  }
}
