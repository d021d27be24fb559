package io.lightningdb.token;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseProperties;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Says of a database that it once had tokens, or another way to know who a client is, whatever becomes of the file of
/// tokens.
///
/// The service does not start without credentials where the mark stands. It is set before the first token is written,
/// and goes only by [#remove].
///
/// It is kept twice. A property of the database is in every backup and copy, and is read without opening the database.
/// A record in the keyspace of the service is a commit as well, so the archive has it: a backup from before, carried on
/// to a moment behind it, is marked, too. The property `may-open` says which records do not count any more.
public final class SecuredMark {
  /// The keyspace with the records of the service, which clients neither see nor reach.
  public static final String KEYSPACE = Database.INTERNAL_PREFIX + "system";

  private static final String SECURED = "secured";
  private static final String OPEN = "may-open";
  private static final byte[] KEY = SECURED.getBytes(StandardCharsets.US_ASCII);

  private SecuredMark() {}

  /// Looks for the mark of a directory that may be open or not. Of what was restored to a moment behind its backup,
  /// only [#isSet(Database)] tells for certain.
  ///
  /// @param directory the data directory; may not exist
  /// @return true if the mark stands
  /// @throws EngineException if the manifest is damaged, too new or cannot be read
  public static boolean isSet(Path directory) {
    return DatabaseProperties.find(directory, SECURED).isPresent();
  }

  /// Looks for the mark of an open database.
  ///
  /// @param database the database
  /// @return true if the mark stands
  public static boolean isSet(Database database) {
    return database.property(SECURED).isPresent() || isRecorded(database);
  }

  private static boolean isRecorded(Database database) {
    Optional<Keyspace> keyspace = database.findKeyspace(KEYSPACE);
    byte[] record = keyspace.isEmpty() ? null : keyspace.get().get(KEY);
    return record != null
        && millis(new String(record, StandardCharsets.US_ASCII)) > openMillis(database);
  }

  private static long openMillis(Database database) {
    return database.property(OPEN).map(SecuredMark::millis).orElse(Long.MIN_VALUE);
  }

  /// Sets the mark, unless it stands already. It survives a power failure when this returns.
  ///
  /// @param database an open database
  /// @throws EngineException if it cannot be written
  public static void set(Database database) {
    if (database.property(SECURED).isEmpty()) {
      database.setProperty(SECURED, Long.toString(System.currentTimeMillis()));
    }
    if (!isRecorded(database)) {
      long now = Math.max(System.currentTimeMillis(), openMillis(database) + 1);
      Keyspace keyspace = database.keyspace(KEYSPACE, KeyspaceOptions.defaults());
      byte[] record = Long.toString(now).getBytes(StandardCharsets.US_ASCII);
      database.writeWhileSwitchedOff(new WriteBatch().put(keyspace, KEY, record));
    }
  }

  /// Sets the mark, unless it stands already; where there is no database yet, one is begun. It survives a power failure
  /// when this returns. The record follows when the database is opened next.
  ///
  /// @param storage the data directory, locked by this process, which does not have it open
  /// @throws IOException if it cannot be written
  public static void set(Storage storage) throws IOException {
    if (DatabaseProperties.find(storage, SECURED).isEmpty()) {
      DatabaseProperties.set(storage, SECURED, Long.toString(System.currentTimeMillis()));
    }
  }

  /// Removes the mark: from now on the service starts without credentials again.
  ///
  /// @param storage the data directory, locked by this process, which does not have it open
  /// @return false if there was none
  /// @throws IOException if the manifest cannot be read or written
  public static boolean remove(Storage storage) throws IOException {
    boolean found = DatabaseProperties.find(storage, SECURED).isPresent();
    if (storage.list().stream().anyMatch(file -> file.name().equals(FileFormat.MANIFEST))) {
      // First, so that what is left half way is still secured.
      DatabaseProperties.set(storage, OPEN, Long.toString(System.currentTimeMillis()));
      DatabaseProperties.set(storage, SECURED, "");
    }
    return found;
  }

  private static long millis(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      // What is not known counts as secured.
      return Long.MAX_VALUE;
    }
  }
}
