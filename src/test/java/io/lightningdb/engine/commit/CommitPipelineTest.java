package io.lightningdb.engine.commit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.ReadVersions;
import io.lightningdb.engine.cursor.TombstoneSweep;
import io.lightningdb.engine.format.CommitWriter;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.log.AppendMode;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.VirtualClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Memory is exhausted at each step of a commit in turn, between the log and the memtables too.
class CommitPipelineTest {
  private static final long MEMTABLE_BYTES = 1 << 20;
  private static final int STEPS_LEAST = 8;

  /// A log, two keyspaces, and a pipeline whose memory runs out at a step that a test chooses.
  private static final class Setting {
    private final VirtualClock clock = new VirtualClock();
    private final VisibleVersion visible = new VisibleVersion(0);
    private final LogWriter log;
    private final List<KeyspaceStore> stores;
    private final CommitPipeline pipeline;
    private long stepsUntilFailure = Long.MAX_VALUE;

    Setting() throws IOException {
      this.log =
          new LogWriter(
              new SimulatedStorage(),
              clock,
              new LogWriter.Start(1, 1 << 20, 1, 0, new Random(1)),
              List.of());
      this.stores = List.of(store(0), store(1));
      this.pipeline =
          new CommitPipeline(
              log,
              new Present(visible, clock),
              id -> {
                step();
                return stores.get(id);
              });
      CommitWriter first = new CommitWriter(64);
      for (int i = 0; i < 200; i++) {
        first.put(i % 2, key(i), value(i));
      }
      commit(first);
    }

    private KeyspaceStore store(int id) {
      return new KeyspaceStore(
          id,
          "keyspace-" + id,
          new KeyspaceStore.Memtables(() -> new Memtable(MEMTABLE_BYTES, _ -> step()), _ -> {}),
          List.of(),
          0,
          MemoryAccount.NONE);
    }

    private void step() {
      if (--stepsUntilFailure == 0) {
        throw new OutOfMemoryError("injected");
      }
    }

    long commit(CommitWriter body) throws IOException {
      body.finish(clock.millis());
      try {
        return pipeline.commit(body, List.of(), AppendMode.WRITE).version();
      } catch (ConditionFailedException e) {
        throw new AssertionError(e);
      }
    }

    /// Everything that a reader of the newest version sees, and older versions of it.
    List<String> content() {
      List<String> found = new ArrayList<>();
      for (KeyspaceStore store : stores) {
        Memtable active = store.peek().active();
        new TombstoneSweep(active.deletedRanges().deletions(), ReadVersions.ALL)
            .upTo(null)
            .fragments()
            .forEach(each -> found.add(each.range() + "@" + List.of(each.versions()[0])));
        EntryCursor cursor = active.allVersions();
        try {
          while (cursor.next()) {
            found.add(
                "%d %s@%d %d"
                    .formatted(
                        store.id(),
                        new String(cursor.key(), US_ASCII),
                        cursor.version(),
                        cursor.kind()));
          }
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
      return found;
    }
  }

  private static byte[] key(int i) {
    return "key-%04d".formatted(i).getBytes(US_ASCII);
  }

  private static byte[] value(int i) {
    return new byte[i % 700];
  }

  /// Puts, deletions, ranges over what was there and over what the commit itself puts, a large value.
  private static CommitWriter everything() {
    CommitWriter body = new CommitWriter(64);
    for (int i = 100; i < 300; i++) {
      body.put(i % 2, key(i), value(i));
    }
    body.deleteRange(0, new KeyRange(key(150), key(250)));
    body.put(0, key(160), value(1));
    body.delete(1, key(3));
    body.put(1, "large".getBytes(US_ASCII), new byte[200_000]);
    body.deleteRange(1, new KeyRange(key(290), null));
    return body;
  }

  @Test
  void aLoggedCommitIsAppliedInTheEndWhereverItsMemoryRanOut() throws IOException {
    Setting untouched = new Setting();
    untouched.commit(everything());
    List<String> expected = untouched.content();

    int stuck = 0;
    for (long step = 1; ; step++) {
      Setting setting = new Setting();
      long before = setting.visible.get();
      List<String> contentBefore = setting.content();
      setting.stepsUntilFailure = step;
      try {
        setting.commit(everything());
        break;
      } catch (OutOfMemoryError e) {
        assertThat(e).hasMessage("injected");
      }
      setting.stepsUntilFailure = Long.MAX_VALUE;
      assertThat(setting.visible.get()).as("step " + step).isEqualTo(before);
      if (setting.log.appendedVersion() == before) {
        assertThat(setting.content()).isEqualTo(contentBefore);
        setting.commit(everything());
      } else {
        stuck++;
        assertStuck(setting);
        // Memory may run out again meanwhile.
        setting.stepsUntilFailure = 1 + step / 2;
        try {
          setting.pipeline.applyLogged();
        } catch (OutOfMemoryError _) {
          assertStuck(setting);
        }
        setting.stepsUntilFailure = Long.MAX_VALUE;
        setting.pipeline.applyLogged();
      }
      assertThat(setting.pipeline.failure()).isNull();
      assertThat(setting.visible.get()).isEqualTo(before + 1);
      assertThat(setting.content()).as("step " + step).isEqualTo(expected);
      assertThat(setting.commit(everything())).isEqualTo(before + 2);
    }
    assertThat(stuck).isGreaterThan(STEPS_LEAST);
  }

  /// Nothing follows, and nothing of it can get into a run.
  private static void assertStuck(Setting setting) throws IOException {
    assertThat(setting.pipeline.failure())
        .hasMessageContaining("in the log")
        .hasCauseInstanceOf(OutOfMemoryError.class);
    assertThatThrownBy(() -> setting.commit(everything())).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> setting.pipeline.freezeAll(setting.stores))
        .isInstanceOf(IOException.class);
    for (KeyspaceStore store : setting.stores) {
      setting.pipeline.freeze(store);
      assertThat(store.peek().frozen()).isEmpty();
    }
  }
}
