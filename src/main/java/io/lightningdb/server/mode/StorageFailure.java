package io.lightningdb.server.mode;

import io.lightningdb.engine.Database;
import io.lightningdb.server.problem.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The first write or sync that failed, as it is answered.
///
/// @param cause what the system said
/// @param ageMillis how long ago that was, in milliseconds
record StorageFailure(String cause, long ageMillis) {

  /// Asks a database.
  ///
  /// @param database the open database
  /// @return what refuses writes since, or null if nothing does
  static @Nullable StorageFailure of(Database database) {
    Duration age = database.writeFailureAge().orElse(Duration.ZERO);
    return database
        .writeFailure()
        .map(cause -> new StorageFailure(Reason.of(cause), age.toMillis()))
        .orElse(null);
  }
}
