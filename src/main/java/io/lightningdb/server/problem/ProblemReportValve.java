package io.lightningdb.server.problem;

import jakarta.servlet.RequestDispatcher;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.res.StringManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers requests that the web server refuses before the application sees them, such as a malformed request line, in place
/// of the web server's own page.
public final class ProblemReportValve extends ErrorReportValve {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemReportValve.class);

  private static final String TOO_LONG =
      StringManager.getManager(Http11InputBuffer.class)
          .getString("iib.requestheadertoolarge.error");
  private static final String TOO_MANY = beforeLimit();

  private final ProblemWriter writer;

  /// Called once, when the web server is built.
  ///
  /// @param writer writes the answers
  public ProblemReportValve(ProblemWriter writer) {
    this.writer = writer;
  }

  private static String beforeLimit() {
    String message =
        StringManager.getManager(MimeHeaders.class).getString("headers.maxCountFail", "\0");
    return message.substring(0, message.indexOf('\0'));
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    if (response.getStatus() < 400
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    ProblemType type = type(request, response.getStatus());
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

  /// The web server answers 400 to a head that is longer than it reads, or has more lines, and says why by the message of an exception.
  private static ProblemType type(Request request, int status) {
    if (status == 405 && request.getMethod().equals("TRACE")) {
      // The web server refuses it whatever the path, and 405 would have to name methods.
      return ProblemType.NOT_IMPLEMENTED;
    }
    Object cause = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
    if (status != 400 || !(cause instanceof RuntimeException refused) || !isTooLarge(refused)) {
      return ProblemTranslation.ofStatus(status);
    }
    return request.getCoyoteRequest().requestURI().isNull()
        ? ProblemType.URI_TOO_LONG
        : ProblemType.HEADERS_TOO_LARGE;
  }

  private static boolean isTooLarge(RuntimeException refused) {
    String message = refused.getMessage();
    return TOO_LONG.equals(message) || (message != null && message.startsWith(TOO_MANY));
  }
}
