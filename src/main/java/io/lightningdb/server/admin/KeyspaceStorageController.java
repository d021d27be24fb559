package io.lightningdb.server.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceShape;
import io.lightningdb.engine.LayoutDecision;
import io.lightningdb.server.keyvalue.Keyspaces;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.ShownKey;
import io.lightningdb.server.web.ShownKeys;
import io.lightningdb.server.web.Words;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// Tells what a keyspace is made of: `/v1/admin/storage/keyspaces/{keyspace}`.
@RestController
class KeyspaceStorageController {
  private static final int RUN_FILES_MAX = 2000;
  private static final String LIMIT = "limit";

  private final Keyspaces keyspaces;

  /// Called by Spring.
  ///
  /// @param keyspaces finds keyspaces
  KeyspaceStorageController(Keyspaces keyspaces) {
    this.keyspaces = keyspaces;
  }

  /// What a keyspace is made of.
  ///
  /// @param name its name
  /// @param layout how eagerly its runs are merged, as configured
  /// @param layoutInForce the same, or what the layout `auto` has come to
  /// @param decisions what `auto` has decided, the newest first
  /// @param memtables the active one, and those that wait for their flush, newest first
  /// @param levels from the newest to the oldest
  /// @param compactions begun and not done yet; the first is the one at work
  /// @param runFilesLeftOut number of run files that are counted and not listed
  record KeyspaceStorageDocument(
      String name,
      String layout,
      String layoutInForce,
      List<DecisionDocument> decisions,
      List<MemtableDocument> memtables,
      List<LevelDocument> levels,
      List<KeyspaceShape.Compaction> compactions,
      int runFilesLeftOut) {

    private static KeyspaceStorageDocument of(Keyspace keyspace, KeyspaceShape shape) {
      return new KeyspaceStorageDocument(
          keyspace.name(),
          Words.of(keyspace.options().layout()),
          Words.of(keyspace.effectiveLayout()),
          keyspace.layoutDecisions().reversed().stream().map(DecisionDocument::of).toList(),
          shape.memtables().stream().map(MemtableDocument::of).toList(),
          shape.levels().stream().map(LevelDocument::of).toList(),
          shape.compactions(),
          shape.runFilesLeftOut());
    }
  }

  /// A change of layout.
  ///
  /// @param time when
  /// @param from layout before
  /// @param to layout after
  /// @param reason what was seen
  record DecisionDocument(Instant time, String from, String to, String reason) {
    private static DecisionDocument of(LayoutDecision decision) {
      return new DecisionDocument(
          decision.time(), Words.of(decision.from()), Words.of(decision.to()), decision.reason());
    }
  }

  /// A memtable.
  ///
  /// @param state what becomes of it
  /// @param bytes that it holds in memory
  /// @param entries number of changes in it
  /// @param deletions how many of them are deletions of a key
  /// @param leastVersion version of its first change, or null if there is none
  /// @param greatestVersion version of its last change, or null if there is none
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record MemtableDocument(
      String state,
      long bytes,
      long entries,
      long deletions,
      @Nullable Long leastVersion,
      @Nullable Long greatestVersion) {
    private static MemtableDocument of(KeyspaceShape.Memtable memtable) {
      boolean empty = memtable.greatestVersion() == 0;
      return new MemtableDocument(
          Words.of(memtable.state()),
          memtable.bytes(),
          memtable.entries(),
          memtable.deletions(),
          empty ? null : memtable.leastVersion(),
          empty ? null : memtable.greatestVersion());
    }
  }

  /// A level.
  ///
  /// @param level its number
  /// @param bytes of its run files, as far as they count
  /// @param bytesMax beyond which a part of it moves down, or null if bytes are not bounded
  /// @param sortedRunsCount number of its sorted runs
  /// @param sortedRunsMax beyond which they are compacted, or null if it depends on when entries expire
  /// @param runFiles number of its run files
  /// @param sortedRuns newest first
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record LevelDocument(
      int level,
      long bytes,
      @Nullable Long bytesMax,
      int sortedRunsCount,
      @Nullable Integer sortedRunsMax,
      int runFiles,
      List<SortedRunDocument> sortedRuns) {
    private static LevelDocument of(KeyspaceShape.Level level) {
      return new LevelDocument(
          level.level(),
          level.bytes(),
          level.bytesMax().isPresent() ? level.bytesMax().getAsLong() : null,
          level.sortedRunsCount(),
          level.sortedRunsMax().isPresent() ? level.sortedRunsMax().getAsInt() : null,
          level.runFiles(),
          level.sortedRuns().stream().map(SortedRunDocument::of).toList());
    }
  }

  /// A sorted run.
  ///
  /// @param id within a level the greater is the newer
  /// @param runs ascending by key
  record SortedRunDocument(long id, List<RunDocument> runs) {
    private static SortedRunDocument of(KeyspaceShape.SortedRun run) {
      return new SortedRunDocument(run.id(), run.runs().stream().map(RunDocument::of).toList());
    }
  }

  /// A run file, or a part of one.
  ///
  /// @param file its name
  /// @param bytes size of the file
  /// @param liveBytes how many of them count
  /// @param entries number of entries in the file
  /// @param deletions how many of them are deletions of a key
  /// @param leastVersion least version in it
  /// @param greatestVersion greatest version in it
  /// @param firstKey the least key that may be in it
  /// @param lastKey the greatest key that may be in it, or null if only `endKey` is known
  /// @param endKey the least key behind it, or null if `lastKey` is known or there is no bound
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RunDocument(
      String file,
      long bytes,
      long liveBytes,
      long entries,
      long deletions,
      long leastVersion,
      long greatestVersion,
      ShownKey firstKey,
      @Nullable ShownKey lastKey,
      @Nullable ShownKey endKey) {
    private static RunDocument of(KeyspaceShape.RunFile run) {
      ShownKeys keys = ShownKeys.of(run.keys());
      return new RunDocument(
          run.file(),
          run.bytes(),
          run.liveBytes(),
          run.entries(),
          run.deletions(),
          run.leastVersion(),
          run.greatestVersion(),
          keys.first(),
          keys.last(),
          keys.end());
    }
  }

  /// Describes the storage of a keyspace.
  ///
  /// @param name of the keyspace
  /// @param query has the limit
  /// @return the state of this moment
  @GetMapping(
      path = "/v1/admin/storage/keyspaces/{keyspace}",
      produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters(LIMIT)
  KeyspaceStorageDocument storage(@PathVariable("keyspace") String name, Query query) {
    int limit = query.whole(LIMIT, RUN_FILES_MAX, 1, RUN_FILES_MAX);
    Keyspace keyspace = keyspaces.get(name);
    return KeyspaceStorageDocument.of(keyspace, keyspace.shape(limit));
  }
}
