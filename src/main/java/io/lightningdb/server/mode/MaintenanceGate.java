package io.lightningdb.server.mode;

import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Refuses the requests of the API in maintenance, before anything is read of them. Administration goes on, and so does
/// what tells how to use the service and nothing of what is in it.
@Configuration(proxyBeanMethods = false)
class MaintenanceGate implements WebMvcConfigurer, HandlerInterceptor {
  private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

  private final ServiceMode mode;

  /// Called by Spring.
  ///
  /// @param mode what is let in
  MaintenanceGate(ServiceMode mode) {
    this.mode = mode;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry
        .addInterceptor(this)
        .addPathPatterns("/v1/**")
        .excludePathPatterns("/v1/admin/**", "/v1/limits", "/v1/caller")
        .order(0);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    ServiceMode.State now = mode.state();
    if (now.mode() == Mode.MAINTENANCE) {
      String detail = "The service is in maintenance: " + now.reason() + ".";
      throw ProblemTranslation.retryLater(ProblemType.MAINTENANCE, detail, RETRY_AFTER)
          .asException();
    }
    return true;
  }
}
