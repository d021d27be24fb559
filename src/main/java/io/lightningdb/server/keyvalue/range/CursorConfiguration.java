package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.Database;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.share.Shared;
import io.lightningdb.server.share.Shares;
import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Makes what lists rest in.
@Configuration(proxyBeanMethods = false)
class CursorConfiguration {

  /// Called by Spring.
  CursorConfiguration() {}

  /// The lists that rest between two pages.
  ///
  /// @param settings bounds their age
  /// @param shares bound their number
  /// @param database named so that lists are ended before it is closed
  /// @return no lists yet
  @Bean(destroyMethod = "close")
  Cursors cursors(LightningProperties settings, Shares shares, Database database) {
    return new Cursors(
        shares.of(Shared.CURSORS),
        settings.limits().cursorAgeMax(),
        System::nanoTime,
        new SecureRandom()::nextLong,
        database.memoryAccount());
  }

  /// Writes and reads cursors.
  ///
  /// @param settings has the secret
  /// @return signs with the secret
  @Bean
  CursorText cursorText(LightningProperties settings) {
    return new CursorText(settings.cursorSecret());
  }
}
