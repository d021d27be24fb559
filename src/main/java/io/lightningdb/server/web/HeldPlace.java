package io.lightningdb.server.web;

import io.lightningdb.server.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// The place that a request has among those that are served at a time. It is given up before the request waits for the
/// network, so that a client that is slow to send or to take holds nothing that others need, and taken again before the
/// request goes on to work.
///
/// *Confined to the thread of its request.*
public interface HeldPlace {

  /// Gives the place up; does nothing if it was given up already.
  void leave();

  /// Takes the place again if it was given up, as a new request would.
  ///
  /// @throws ProblemException if too many are served and wait
  void retake();

  /// Takes the place again if it was given up, however many wait: what has begun to be done is not refused.
  ///
  /// @throws ProblemException if the deadline of the request passes before its turn comes
  void retakeInTurn();

  /// Gives a request a place.
  ///
  /// @param request what was asked
  /// @param place its place, or null for none
  static void set(HttpServletRequest request, @Nullable HeldPlace place) {
    request.setAttribute(HeldPlace.class.getName(), place);
  }

  /// The place of a request.
  ///
  /// @param request what was asked
  /// @return null if it has none
  static @Nullable HeldPlace of(HttpServletRequest request) {
    return request.getAttribute(HeldPlace.class.getName()) instanceof HeldPlace place
        ? place
        : null;
  }

  /// The body of a request that is worked on while it comes in.
  ///
  /// @param request what was asked
  /// @return its bytes; the request has its place whenever some are given out
  /// @throws IOException if the body cannot be read
  static InputStream reading(HttpServletRequest request) throws IOException {
    HeldPlace place = of(request);
    InputStream in = request.getInputStream();
    return place == null
        ? in
        : new FilterInputStream(in) {
          @Override
          public int read() throws IOException {
            int next = in.read();
            place.retakeInTurn();
            return next;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = in.read(bytes, offset, length);
            place.retakeInTurn();
            return count;
          }
        };
  }

  /// The answer of a request that is made while it goes out.
  ///
  /// @param request what was asked
  /// @param answer where its answer goes
  /// @return takes bytes; the request has its place whenever it has taken some
  static OutputStream writing(HttpServletRequest request, OutputStream answer) {
    HeldPlace place = of(request);
    return place == null
        ? answer
        : new FilterOutputStream(answer) {
          @Override
          public void write(int next) throws IOException {
            out.write(next);
            place.retakeInTurn();
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            place.retakeInTurn();
          }
        };
  }
}
