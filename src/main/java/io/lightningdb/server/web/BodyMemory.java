package io.lightningdb.server.web;

import io.lightningdb.engine.io.Deadline;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/// Bounds the memory that the bodies of all running requests take together, so that many large ones cannot exhaust the heap.
///
/// A body is held three times while it is written: as it was read, with its envelope, and in its commit. So bodies may take a
/// quarter of the heap. A request that finds no memory waits as long as a write may wait, then it is refused.
@Component
public class BodyMemory implements RequestFilter {
  private static final int UNIT_BYTES = 1024;
  private static final String RESERVED = BodyMemory.class.getName();

  private final Semaphore units;
  private final Duration waitMax;

  /// Called by Spring.
  ///
  /// @param settings has the largest body and the longest wait
  @Autowired
  BodyMemory(LightningProperties settings) {
    this(
        Math.max(Runtime.getRuntime().maxMemory() / 4, settings.limits().batchBytesMax().toBytes()),
        settings.writeWaitMax());
  }

  /// Bounds memory.
  ///
  /// @param bytesMax most bytes
  /// @param waitMax longest wait
  BodyMemory(long bytesMax, Duration waitMax) {
    this.units = new Semaphore((int) Math.min(Integer.MAX_VALUE, bytesMax / UNIT_BYTES + 1), true);
    this.waitMax = waitMax;
  }

  /// Takes memory until the request ends.
  ///
  /// @param request whose body needs it; asks once
  /// @param bytes how much, less than there is
  /// @throws ProblemException if none became free in time
  void reserve(HttpServletRequest request, long bytes) {
    int wanted = (int) (bytes / UNIT_BYTES) + 1;
    try {
      if (!units.tryAcquire(wanted, Deadline.bound(waitMax.toNanos()), TimeUnit.NANOSECONDS)) {
        RequestDeadline.throwIfPast("A wait for memory");
        String detail = "The bodies of other requests take all the memory that there is for them.";
        throw ProblemTranslation.retryLater(ProblemType.OVERLOADED, detail, Duration.ofSeconds(1))
            .asException();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw ProblemTranslation.retryLater(
              ProblemType.SHUTTING_DOWN, "The request was interrupted.", Duration.ofSeconds(1))
          .asException();
    }
    request.setAttribute(RESERVED, wanted);
  }

  @Override
  public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      chain.doFilter(request, response);
    } finally {
      if (request.getAttribute(RESERVED) instanceof Integer reserved) {
        units.release(reserved);
      }
    }
  }
}
