package io.lightningdb.server.openapi;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Serves Swagger UI from its jar, with our own initializer that names the document.
@Configuration(proxyBeanMethods = false)
class SwaggerUiConfiguration implements WebMvcConfigurer {
  private final String version;

  /// Called by Spring.
  ///
  /// @param version version of Swagger UI, by which its files are found
  SwaggerUiConfiguration(@Value("${lightningdb.build.swagger-ui-version}") String version) {
    this.version = version;
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/swagger-ui/**")
        .addResourceLocations(
            "classpath:/swagger-ui/",
            "classpath:/META-INF/resources/webjars/swagger-ui/" + version + "/");
  }
}
