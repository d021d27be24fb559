package io.lightningdb.server.web;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import org.springframework.stereotype.Component;
import tools.jackson.core.exc.JacksonIOException;

/// Answers with streams of lines that a client can never mistake for whole when they are not.
@Component
public final class LineStream {
  private final ProblemWriter problems;

  /// Called by Spring.
  ///
  /// @param problems writes what went wrong
  public LineStream(ProblemWriter problems) {
    this.problems = problems;
  }

  /// Writes lines.
  public interface Lines {

    /// Writes all lines.
    ///
    /// @param target takes them; stays open
    /// @throws IOException if the client is gone
    void writeTo(OutputStream target) throws IOException;
  }

  /// How the bytes of lines are wrapped on their way.
  public interface Wrapping {

    /// Wraps the stream to the client.
    ///
    /// @param plain takes bytes as the client gets them
    /// @return takes bytes as they are written; to be closed at the end of a whole stream only
    /// @throws IOException if the client is gone
    OutputStream around(OutputStream plain) throws IOException;
  }

  /// Answers with a stream. A failure before the first bytes are on their way is answered as a problem; one behind them
  /// becomes the last line, after which the connection is cut without the end that a whole stream has.
  ///
  /// @param request what was asked
  /// @param response status and headers are set
  /// @param wrapping how the lines are wrapped
  /// @param lines writes the lines
  /// @throws IOException if the client is gone
  public void answer(
      HttpServletRequest request, HttpServletResponse response, Wrapping wrapping, Lines lines)
      throws IOException {
    OutputStream plain = HeldPlace.writing(request, response.getOutputStream());
    OutputStream target = wrapping.around(plain);
    try {
      lines.writeTo(target);
    } catch (JacksonIOException gone) {
      throw gone.getCause();
    } catch (RuntimeException failure) {
      if (response.isCommitted()) {
        Problem problem = ProblemTranslation.of(failure);
        target.write(problems.toLastLine(request, problem));
        target.flush();
        response.flushBuffer();
      }
      throw failure;
    }
    target.close();
  }
}
