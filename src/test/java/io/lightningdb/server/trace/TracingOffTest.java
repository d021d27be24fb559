package io.lightningdb.server.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.RunningService;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.OpenTelemetry;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

class TracingOffTest extends RunningService {
  @Autowired private ApplicationContext context;

  @Test
  void withoutACollectorNothingOfTracingIsThere() {
    assertThat(context.getBeansOfType(Tracer.class)).isEmpty();
    assertThat(context.getBeansOfType(OpenTelemetry.class)).isEmpty();
    assertThat(context.getBeanDefinitionNames())
        .noneMatch(name -> name.startsWith("otel") || name.contains("OtlpTracing"));
  }
}
