package io.lightningdb.server.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/// Answers whatever is thrown while a request is handled.
@ControllerAdvice
class ProblemAdvice {
  private final ProblemWriter writer;

  /// Called by Spring.
  ///
  /// @param writer writes the answers
  ProblemAdvice(ProblemWriter writer) {
    this.writer = writer;
  }

  /// Answers one exception. If part of an answer is already on its way, the exception goes on to the web server, which then
  /// cuts the connection: a client must not take the part for the whole. If the client is gone, there is none to answer. If the body failed, the web server may have begun an
  /// error of its own, which then is this one.
  ///
  /// @param failure what was thrown
  /// @param request what was asked
  /// @param response where to answer
  /// @throws Exception the failure itself if it is too late to answer it
  @ExceptionHandler
  void answer(Exception failure, HttpServletRequest request, HttpServletResponse response)
      throws Exception {
    if (ClientGoneException.isCauseOf(failure)) {
      return;
    }
    if (!response.isCommitted()) {
      writer.write(request, response, ProblemTranslation.of(failure));
    } else if (UnreadableBodyException.isNoted(request)) {
      writer.keep(request, ProblemTranslation.of(failure));
    } else {
      throw failure;
    }
  }
}
