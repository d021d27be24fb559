package io.lightningdb.token;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseProperties;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.nio.file.Path;

/// Says of a database that it once had tokens, or another way to know who a client is: a property of the database itself, which every
/// backup, restore and copy of it carries, whatever becomes of the file of tokens.
///
/// The service does not start without credentials where the mark stands. It is set before the first token is written, and goes only by
/// [#remove].
public final class SecuredMark {
  private static final String PROPERTY = "secured";

  private SecuredMark() {}

  /// Looks for the mark of a directory that may be open or not.
  ///
  /// @param directory the data directory; may not exist
  /// @return true if the mark stands
  /// @throws io.lightningdb.engine.EngineException if the manifest is damaged, too new or cannot be read
  public static boolean isSet(Path directory) {
    return DatabaseProperties.find(directory, PROPERTY).isPresent();
  }

  /// Looks for the mark of an open database.
  ///
  /// @param database the database
  /// @return true if the mark stands
  public static boolean isSet(Database database) {
    return database.property(PROPERTY).isPresent();
  }

  /// Sets the mark, unless it stands already. It survives a power failure when this returns.
  ///
  /// @param database an open database
  /// @throws io.lightningdb.engine.EngineException if it cannot be written
  public static void set(Database database) {
    if (!isSet(database)) {
      database.setProperty(PROPERTY, Long.toString(System.currentTimeMillis()));
    }
  }

  /// Sets the mark, unless it stands already; where there is no database yet, one is begun. It survives a power failure when this
  /// returns.
  ///
  /// @param storage the data directory, locked by this process, which does not have it open
  /// @throws IOException if it cannot be written
  public static void set(Storage storage) throws IOException {
    if (DatabaseProperties.find(storage, PROPERTY).isEmpty()) {
      DatabaseProperties.set(storage, PROPERTY, Long.toString(System.currentTimeMillis()));
    }
  }

  /// Removes the mark: from now on the service starts without credentials again.
  ///
  /// @param storage the data directory, locked by this process, which does not have it open
  /// @return false if there was none
  /// @throws IOException if the manifest cannot be read or written
  public static boolean remove(Storage storage) throws IOException {
    boolean found = DatabaseProperties.find(storage, PROPERTY).isPresent();
    DatabaseProperties.set(storage, PROPERTY, "");
    return found;
  }
}
