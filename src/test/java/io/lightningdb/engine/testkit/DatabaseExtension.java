package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.IntegrityReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Gives each test a directory with a database on the real disk, and checks after the test that the database is whole:
/// while it is open, and again offline after it was closed.
public final class DatabaseExtension implements BeforeEachCallback, AfterEachCallback {
  private @Nullable Path directory;
  private @Nullable Database database;

  /// Makes an extension, to be registered in a field of the test.
  public DatabaseExtension() {}

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("lightningdb-test");
  }

  /// The directory of this test.
  ///
  /// @return an existing directory, empty at first
  public Path directory() {
    Path current = directory;
    if (current == null) {
      throw new IllegalStateException("no test runs");
    }
    return current;
  }

  /// Opens the database in the directory, after closing the one that was opened before.
  ///
  /// @param options how
  /// @return the database, which is closed after the test
  public Database open(DatabaseOptions options) {
    Database before = database;
    if (before != null) {
      before.close();
    }
    Database opened = Database.open(directory(), options);
    database = opened;
    return opened;
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    Database last = database;
    if (last != null && context.getExecutionException().isEmpty()) {
      checkOpen(last);
    }
    if (last != null) {
      last.close();
    }
    if (last != null && context.getExecutionException().isEmpty()) {
      check(Database.verify(directory(), (_, _) -> {}));
    }
    delete(directory());
  }

  private static void checkOpen(Database last) {
    try {
      check(last.checkIntegrity());
    } catch (EngineException.Closed _) {
      // The test closed it: the check offline follows.
    }
  }

  private static void check(IntegrityReport report) {
    if (!report.isClean()) {
      throw new AssertionError("the test left a damaged database: " + report.faults());
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
