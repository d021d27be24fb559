package io.lightningdb.server.problem;

import io.lightningdb.server.web.RequestId;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/// Gives errors that are answered by their status alone the body that all others have: Actuator does so for parts of health and metrics
/// that there are not.
@ControllerAdvice
class EmptyErrors implements ResponseBodyAdvice<Object> {

  /// Called by Spring.
  EmptyErrors() {}

  @Override
  public boolean supports(
      MethodParameter returned, Class<? extends HttpMessageConverter<?>> converter) {
    return true;
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter returned,
      MediaType type,
      Class<? extends HttpMessageConverter<?>> converter,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    if (body != null
        || !(request instanceof ServletServerHttpRequest asked)
        || !(response instanceof ServletServerHttpResponse answer)
        || answer.getServletResponse().getStatus() < 400) {
      return body;
    }
    ProblemType problem = ProblemTranslation.ofStatus(answer.getServletResponse().getStatus());
    response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    return Problem.of(problem, problem.meaning())
        .with(ProblemWriter.REQUEST_ID, RequestId.of(asked.getServletRequest()))
        .toMembers(asked.getServletRequest().getRequestURI());
  }
}
