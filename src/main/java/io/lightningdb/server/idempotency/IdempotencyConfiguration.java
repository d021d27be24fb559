package io.lightningdb.server.idempotency;

import io.lightningdb.engine.Database;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Opens what keeps answers.
@Configuration(proxyBeanMethods = false)
class IdempotencyConfiguration {
  /// Called by Spring.
  IdempotencyConfiguration() {}

  /// The answers that are kept.
  ///
  /// @param database the open database
  /// @return told the time by the engine
  @Bean
  IdempotencyRecords idempotencyRecords(Database database) {
    return new IdempotencyRecords(database, database::steadyMillis);
  }
}
