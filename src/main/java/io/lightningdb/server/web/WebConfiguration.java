package io.lightningdb.server.web;

import java.util.List;
import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.RequestContextFilter;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/// Sends the requests of the API through the checks of this package.
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {
  private static final String API = "/v1/**";

  private final StrictRequests strictRequests;
  private final VersionWait versionWait;
  private final List<HandlerMethodArgumentResolver> resolvers;

  /// Called by Spring.
  ///
  /// @param strictRequests refuses what would be ignored
  /// @param versionWait waits for versions
  /// @param resolvers hand parts of requests to controllers
  WebConfiguration(
      StrictRequests strictRequests,
      VersionWait versionWait,
      List<HandlerMethodArgumentResolver> resolvers) {
    this.strictRequests = strictRequests;
    this.versionWait = versionWait;
    this.resolvers = resolvers;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(strictRequests).addPathPatterns(API).order(1);
    registry.addInterceptor(versionWait).addPathPatterns(API).order(3);
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> all) {
    all.addAll(resolvers);
  }

  /// Leaves out what tells Spring of the request of a thread before the servlet does: nothing between them asks.
  ///
  /// @return not registered
  @Bean
  static FilterRegistrationBean<RequestContextFilter> requestContext() {
    FilterRegistrationBean<RequestContextFilter> registration =
        new FilterRegistrationBean<>(new RequestContextFilter());
    registration.setEnabled(false);
    return registration;
  }

  /// Has Spring end each document with a line feed, in place of its own way to write JSON.
  ///
  /// @param mapper of the service
  /// @return called by Spring, behind Spring Boot's
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  static ServerHttpMessageConvertersCustomizer jsonLines(JsonMapper mapper) {
    return converters -> converters.withJsonConverter(new JsonLineConverter(mapper));
  }

  /// Has Spring find handlers by an index.
  ///
  /// @return makes the mapping
  @Bean
  static WebMvcRegistrations indexedHandlerMapping() {
    return new WebMvcRegistrations() {
      @Override
      public RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
        return new IndexedHandlerMapping();
      }
    };
  }
}
