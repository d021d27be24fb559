package io.lightningdb.server.openapi;

import org.springdoc.core.configuration.SpringDocConfiguration;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Has springdoc serve Swagger UI, and nothing else: its generator of documents is switched off, and Swagger UI wants three
/// parts of it all the same.
@Configuration(proxyBeanMethods = false)
class SwaggerUiConfiguration {

  /// Called by Spring.
  SwaggerUiConfiguration() {}

  /// What Swagger UI is switched on by.
  ///
  /// @return without the parts that generate
  @Bean
  SpringDocConfiguration springDocConfiguration() {
    return new SpringDocConfiguration();
  }

  /// What Swagger UI takes paths from.
  ///
  /// @return the defaults
  @Bean
  SpringDocConfigProperties springDocConfigProperties() {
    return new SpringDocConfigProperties();
  }

  /// What writes the settings of Swagger UI.
  ///
  /// @param properties the defaults
  /// @return writes JSON
  @Bean
  ObjectMapperProvider springDocObjectMapper(SpringDocConfigProperties properties) {
    return new ObjectMapperProvider(properties);
  }
}
