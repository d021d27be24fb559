package io.lightningdb.server.web;

import io.lightningdb.engine.Database;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.OptionalLong;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;

/// Lets requests with `Lightning-Version-At-Least` wait, within bounds, until that version is visible.
@Component
class VersionWait implements HandlerInterceptor {
  private final Database database;
  private final Duration waitMax;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param settings has the longest wait
  VersionWait(Database database, LightningProperties settings) {
    this.database = database;
    this.waitMax = settings.limits().waitForVersionMax();
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
      throws InterruptedException {
    OptionalLong version = VersionHeader.atLeast(request);
    if (version.isPresent() && !database.awaitVisible(version.getAsLong(), waitMax)) {
      throw notYetVisible(version.getAsLong()).asException();
    }
    return true;
  }

  private Problem notYetVisible(long version) {
    long visible = database.visibleVersion();
    String detail =
        "Version %d was not visible after %d ms; the visible version is %d."
            .formatted(version, waitMax.toMillis(), visible);
    return ProblemTranslation.retryLater(
            ProblemType.VERSION_NOT_YET_VISIBLE, detail, Duration.ofSeconds(1))
        .withLimit(visible, version);
  }
}
