package io.lightningdb.server.compression;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.settings.InvalidSettingException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class CompressionConfigurationTest {

  /// It would compress what is compressed already, and keep the tag.
  @Test
  void compressionOfTheWebServerStopsTheStart() {
    new ApplicationContextRunner()
        .withUserConfiguration(CompressionConfiguration.class)
        .withPropertyValues("server.compression.enabled=true")
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("server.compression.enabled")
                .hasMessageContaining("lightning.compression says which answers are compressed"));
  }
}
