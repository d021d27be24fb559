package io.lightningdb.server.problem;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/// Answers errors that the web server reports by a status alone, in place of Spring's page for them.
@Controller
class ErrorPathController implements ErrorController {
  private final ProblemWriter writer;

  /// Called by Spring.
  ///
  /// @param writer writes the answers
  ErrorPathController(ProblemWriter writer) {
    this.writer = writer;
  }

  /// Answers the error that the web server keeps in the request's attributes; a client that asks for this path itself finds
  /// nothing.
  ///
  /// @param request what was asked
  /// @param response where to answer
  /// @throws IOException if the client is gone
  @RequestMapping("${spring.web.error.path:${error.path:/error}}")
  void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    int code = status instanceof Integer told ? told : HttpServletResponse.SC_NOT_FOUND;
    // The web server itself refuses one method, TRACE, on any path: there is none to name in Allow.
    ProblemType type =
        code == HttpServletResponse.SC_METHOD_NOT_ALLOWED
            ? ProblemType.NOT_IMPLEMENTED
            : ProblemTranslation.ofStatus(code);
    Problem problem =
        writer.kept(request, type.status()).orElseGet(() -> Problem.of(type, type.meaning()));
    writer.write(original(request), response, problem);
  }

  private static HttpServletRequest original(HttpServletRequest request) {
    Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    return new HttpServletRequestWrapper(request) {
      @Override
      public String getRequestURI() {
        return path instanceof String text ? text : super.getRequestURI();
      }
    };
  }
}
