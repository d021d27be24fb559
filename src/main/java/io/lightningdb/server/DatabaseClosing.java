package io.lightningdb.server;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.io.FailureText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/// Closes the database when all beans that use it are gone, and tells in the log what came of it: the last line of a
/// stop says whether the directory was left in good order. Called by Spring.
final class DatabaseClosing implements DestructionAwareBeanPostProcessor {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseClosing.class);

  private static final String NOT_IN_ORDER =
      "{} was not closed in good order, at version {}: {}. What was acknowledged as synced is on disk, and the next start reads the log back";

  /// Called by Spring.
  DatabaseClosing() {}

  @Override
  public boolean requiresDestruction(Object bean) {
    return bean instanceof Database;
  }

  @Override
  public void postProcessBeforeDestruction(Object bean, String name) {
    if (bean instanceof Database database) {
      close(database);
    }
  }

  private static void close(Database database) {
    try {
      database.close();
    } catch (EngineException e) {
      LOG.error(NOT_IN_ORDER, database, database.visibleVersion(), FailureText.of(e), e);
      return;
    }
    database
        .writeFailure()
        .ifPresentOrElse(
            failure ->
                LOG.error(
                    NOT_IN_ORDER, database, database.visibleVersion(), FailureText.of(failure)),
            () ->
                LOG.info(
                    "Closed {} in good order, at version {}", database, database.visibleVersion()));
  }
}
