package io.lightningdb.server.idempotency;

import io.lightningdb.engine.Database;
import io.lightningdb.server.share.Shared;
import io.lightningdb.server.share.Shares;
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
  /// @param shares bounds what is kept
  /// @return told the time by the engine
  @Bean
  IdempotencyRecords idempotencyRecords(Database database, Shares shares) {
    return new IdempotencyRecords(
        database, shares.of(Shared.IDEMPOTENCY_BYTES), database::steadyMillis);
  }
}
