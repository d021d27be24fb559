package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/// Finds the keyspaces that paths name.
@Component
public final class Keyspaces {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  Keyspaces(Database database) {
    this.database = database;
  }

  /// Finds a keyspace.
  ///
  /// @param name its name
  /// @return the keyspace
  /// @throws io.lightningdb.server.problem.ProblemException if no keyspace can have this name
  /// @throws io.lightningdb.engine.EngineException.KeyspaceNotFound if none has it
  public Keyspace get(String name) {
    checkName(name);
    return database.keyspace(name);
  }

  /// Tells whether a keyspace belongs to the service itself, which clients neither see nor reach.
  ///
  /// @param name its name
  /// @return true if it does
  public static boolean isInternal(String name) {
    return name.startsWith(Database.INTERNAL_PREFIX);
  }

  /// Tells whether a keyspace can have a name.
  ///
  /// @param name any text
  /// @return true if it has the form of one
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /// Checks a name.
  ///
  /// @param name any text
  /// @throws io.lightningdb.server.problem.ProblemException if no keyspace can have this name
  public static void checkName(String name) {
    if (!isName(name)) {
      String detail = "Names of keyspaces match " + NAME.pattern() + ", and this one does not.";
      throw Problem.of(ProblemType.INVALID_KEYSPACE_NAME, detail).asException();
    }
    if (isInternal(name)) {
      String detail =
          "Names that start with " + Database.INTERNAL_PREFIX + " are kept for the service itself.";
      throw Problem.of(ProblemType.INVALID_KEYSPACE_NAME, detail).asException();
    }
  }
}
