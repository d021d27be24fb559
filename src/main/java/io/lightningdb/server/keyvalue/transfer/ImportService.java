package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.server.keyvalue.StoredValue;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.problem.UnreadableBodyException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.stereotype.Service;

/// Writes the entries of an import, many in one commit.
@Service
class ImportService {
  private static final int COMMIT_ENTRIES_MAX = 1000;
  private static final int COMMIT_BYTES_TARGET = 1 << 20;
  private static final String LINE = "line";

  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  ImportService(Database database) {
    this.database = database;
  }

  /// Imports all entries of a source.
  ///
  /// @param source finds the lines
  /// @param target where they go
  /// @param committed told after every commit
  /// @return what was done
  /// @throws ProblemException if the import ended before its last line; the problem tells which lines are acknowledged
  ImportProgress.Report run(
      ImportSource.Opening source, ImportTarget target, Consumer<ImportProgress> committed) {
    Run run = new Run(target, committed);
    try {
      run.all(source);
      return run.progress.report();
    } catch (IOException | RuntimeException failure) {
      Problem problem = ProblemTranslation.of(failure);
      ImportProgress.Report report = run.progress.report();
      throw problem
          .with("acknowledgedLines", report.acknowledgedLines())
          .with("imported", report.imported())
          .with("version", report.version())
          .asException();
    }
  }

  /// A step of reading.
  private interface Reading<T> {
    T read() throws IOException;
  }

  /// One import. Confined to one thread.
  private final class Run {
    private final ImportTarget target;
    private final Consumer<ImportProgress> committed;
    private final ImportProgress progress = new ImportProgress(database.visibleVersion());
    private WriteBatch batch = new WriteBatch();
    private long lastLine;

    Run(ImportTarget target, Consumer<ImportProgress> committed) {
      this.target = target;
      this.committed = committed;
    }

    void all(ImportSource.Opening opening) throws IOException {
      MemoryLease lease = MemoryLease.current();
      long held = lease == null ? 0 : lease.bytes();
      try (ImportSource source = read(opening::open)) {
        for (Optional<ImportItem> item = read(source::next);
            item.isPresent();
            item = read(source::next)) {
          take(item.get());
          if (lease != null && batch.size() == 0) {
            lease.giveBackTo(held);
          }
        }
      }
      commit();
      progress.finish();
    }

    /// Reads on. What fails here ends the import in the line that comes next.
    private <T> T read(Reading<T> reading) throws IOException {
      try {
        return reading.read();
      } catch (UnreadableBodyException | ProblemException failure) {
        Problem problem = ProblemTranslation.of(failure);
        throw (problem.members().containsKey(LINE) ? problem : problem.with(LINE, lastLine + 1))
            .asException();
      }
    }

    private void take(ImportItem item) {
      switch (item) {
        case ImportItem.Entry entry -> add(entry);
        case ImportItem.Rejected rejected -> reject(rejected);
        case ImportItem.Blank _ -> {}
      }
      lastLine = item.line();
      progress.read(lastLine);
      if (batch.size() >= COMMIT_ENTRIES_MAX || batch.bytes() >= COMMIT_BYTES_TARGET) {
        commit();
      }
    }

    private void add(ImportItem.Entry entry) {
      StoredValue value = entry.value();
      long bytes = entry.key().length + (long) value.bytes().length;
      if (batch.size() > 0 && batch.bytes() + bytes > COMMIT_BYTES_TARGET) {
        commit();
      }
      batch.put(target.keyspace(), entry.key(), value.envelope(), value.bytes(), entry.expiry());
    }

    private void reject(ImportItem.Rejected rejected) {
      if (target.onError() == OnError.STOP) {
        commit();
        String detail = "Line " + rejected.line() + " cannot be imported: " + rejected.reason();
        throw Problem.of(ProblemType.IMPORT_STOPPED, detail)
            .with(LINE, rejected.line())
            .with("reason", rejected.reason())
            .asException();
      }
      progress.reject(rejected);
    }

    private void commit() {
      if (batch.size() > 0) {
        long version = database.write(batch, target.durability());
        progress.acknowledge(lastLine, batch.size(), version);
        batch = new WriteBatch();
        committed.accept(progress);
      }
    }
  }
}
