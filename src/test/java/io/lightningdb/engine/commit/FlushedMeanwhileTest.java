package io.lightningdb.engine.commit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.format.BlockCodec;
import io.lightningdb.engine.format.CommitWriter;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.log.AppendMode;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.run.Run;
import io.lightningdb.engine.run.RunWriter;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.SharedRun;
import io.lightningdb.engine.testkit.PassingStorage;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.VirtualClock;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The commit of a transaction whose keyspace was flushed after its snapshot, and is flushed again while the check reads the first
/// run; and a commit with a condition whose entry is in a run: no run is read while others cannot commit.
class FlushedMeanwhileTest {
  private static final RunWriter.Form FORM = new RunWriter.Form(BlockCodec.PLAIN, true, 4096);

  private final WatchedStorage storage = new WatchedStorage();
  private final VirtualClock clock = new VirtualClock();
  private final VisibleVersion visible = new VisibleVersion(0);
  private final KeyspaceStore store =
      new KeyspaceStore(
          0,
          "k",
          new KeyspaceStore.Memtables(() -> new Memtable(1 << 20), _ -> {}),
          List.of(),
          0,
          MemoryAccount.NONE);
  private final CommitPipeline pipeline;
  private long fileId;
  private int opened;
  private @Nullable Work whileRead;

  /// What others do while a run is read.
  private interface Work {
    void run() throws Exception;
  }

  FlushedMeanwhileTest() throws IOException {
    LogWriter log =
        new LogWriter(
            new SimulatedStorage(),
            clock,
            new LogWriter.Start(1, 1 << 20, 1, 0, new Random(1)),
            List.of());
    this.pipeline = new CommitPipeline(log, new Present(visible, clock), _ -> store);
  }

  enum Relies {
    ON_A_KEY,
    ON_A_SPAN
  }

  /// A run is mapped when it is read first.
  private final class WatchedStorage extends PassingStorage {
    WatchedStorage() {
      super(new SimulatedStorage());
    }

    @Override
    public MemorySegment map(String name, Arena arena) throws IOException {
      opened++;
      try {
        CompletableFuture.runAsync(() -> othersGoOn(opened == 1)).get(10, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new AssertionError("others cannot commit while a run is read", e);
      }
      return super.map(name, arena);
    }
  }

  private void othersGoOn(boolean flushed) {
    try {
      if (whileRead != null) {
        whileRead.run();
        return;
      }
      put(2, 9);
      if (flushed) {
        flush();
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] key(int number) {
    return "key-%d".formatted(number).getBytes(US_ASCII);
  }

  private CommitWriter puts(int... keys) {
    CommitWriter body = new CommitWriter(64);
    for (int key : keys) {
      body.put(0, key(key), key(key));
    }
    body.finish(clock.millis());
    return body;
  }

  private void put(int... keys) throws IOException {
    try {
      pipeline.commit(puts(keys), List.of(), AppendMode.WRITE);
    } catch (ConditionFailedException e) {
      throw new AssertionError(e);
    }
  }

  private void flush() throws IOException {
    pipeline.freeze(store);
    Memtable memtable = store.peek().frozen().getLast();
    fileId++;
    var identity = new RunWriter.Identity(1, 0, fileId);
    RunWriter.Written written;
    try (StorageFile file = storage.create(FileFormat.run(fileId))) {
      RunWriter writer = new RunWriter(file, identity, FORM);
      EntryCursor entries = memtable.allVersions();
      while (entries.next()) {
        writer.add(entries);
      }
      written = writer.finish();
    }
    RunProperties properties = written.properties();
    RunRecord record =
        new RunRecord(
            fileId,
            new RunRecord.Place(0, fileId),
            written.fileBytes(),
            properties.entries(),
            properties.tombstones(),
            properties.leastVersion(),
            properties.greatestVersion(),
            new KeyRange(properties.firstKey(), Keys.after(properties.lastKey())));
    Run run = new Run(storage, identity, new BlockCache(0));
    store.flushed(memtable, List.of(new SharedRun(record, run, _ -> {})), 0);
  }

  @ParameterizedTest
  @EnumSource(Relies.class)
  void noRunIsReadWhileOthersCannotCommit(Relies relies) throws Exception {
    put(3, 4);
    long snapshot = visible.get();
    put(2, 9);
    flush();
    List<Footprint.Key> keys =
        relies == Relies.ON_A_KEY ? List.of(new Footprint.Key(0, key(3))) : List.of();
    List<Footprint.Span> spans =
        relies == Relies.ON_A_SPAN
            ? List.of(new Footprint.Span(0, new KeyRange(key(3), key(5))))
            : List.of();
    pipeline.commit(puts(3), new Footprint(snapshot, keys, spans, null), AppendMode.WRITE);
    assertThat(opened).isEqualTo(2);
  }

  /// The run is read before the lock is taken; what is put and flushed meanwhile has the condition looked at again.
  @Test
  void noRunIsReadForAConditionWhileOthersCannotCommit() throws Exception {
    put(3, 4);
    long version = visible.get();
    flush();
    Condition condition = new Condition(0, key(3), Condition.Kind.VERSION_EQUALS, version);
    CommitPipeline.Result result = pipeline.commit(puts(3), List.of(condition), AppendMode.WRITE);
    assertThat(result.observed()).containsExactly(version);
    assertThat(opened).isEqualTo(2);
  }

  /// What a condition was looked at for is looked at again, in memory, if it was changed before the lock was taken.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConditionHoldsWhenTheCommitIsMade(boolean byRange) throws Exception {
    put(3, 4);
    long version = visible.get();
    flush();
    CommitWriter change = new CommitWriter(64);
    if (byRange) {
      change.deleteRange(0, new KeyRange(key(3), key(4)));
    } else {
      change.put(0, key(3), key(5));
    }
    change.finish(clock.millis());
    whileRead = () -> pipeline.commit(change, List.of(), AppendMode.WRITE);
    Condition condition = new Condition(0, key(3), Condition.Kind.VERSION_EQUALS, version);
    assertThatThrownBy(() -> pipeline.commit(puts(3), List.of(condition), AppendMode.WRITE))
        .isInstanceOfSatisfying(
            ConditionFailedException.class,
            e -> assertThat(e.actualVersion()).isEqualTo(byRange ? 0 : version + 1));
  }
}
