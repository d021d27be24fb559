package io.lightningdb.server.problem;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers requests that the web server refuses before the application sees them, such as a malformed request line, in place
/// of the web server's own page.
public final class ProblemReportValve extends ErrorReportValve {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemReportValve.class);

  private final ProblemWriter writer;

  /// Called once, when the web server is built.
  ///
  /// @param writer writes the answers
  public ProblemReportValve(ProblemWriter writer) {
    this.writer = writer;
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    if (response.getStatus() < 400
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    ProblemType type = ProblemTranslation.ofStatus(response.getStatus());
    Problem problem =
        writer
            .kept(request.getRequest(), response.getStatus())
            .orElseGet(() -> Problem.of(type, type.meaning()));
    try {
      writer.write(request.getRequest(), response.getResponse(), problem);
      response.finishResponse();
    } catch (IOException e) {
      LOG.debug("The client did not wait for the answer", e);
    }
  }
}
