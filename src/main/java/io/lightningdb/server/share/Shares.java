package io.lightningdb.server.share;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Everything that callers share, as the settings bound it. Immutable.
@Component
public final class Shares {
  /// Most bytes of all answers that are kept for an `Idempotency-Key`.
  public static final long IDEMPOTENCY_BYTES_MAX = 256L << 20;

  // Callers whose kept answers are counted one by one, in two periods: their counts take less than
  // a thirtieth of the budget.
  private static final int IDEMPOTENT_CALLERS_MAX = 50_000;
  private static final int BUDGET_BYTES_PER_CALLER = 16 << 10;
  private static final int OPERATIONS_MAX = 8;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Map<Shared, CallerShares> all = new EnumMap<>(Shared.class);
  private final int idempotentCallersMax;

  /// Called by Spring.
  ///
  /// @param settings has the bounds
  /// @param database bounds what transactions keep
  /// @param meters takes the figures
  public Shares(LightningProperties settings, Database database, MeterRegistry meters) {
    LightningProperties.Requests requests = settings.requests();
    this.idempotentCallersMax =
        (int)
            Math.min(
                IDEMPOTENT_CALLERS_MAX, settings.memory().budgetBytes() / BUDGET_BYTES_PER_CALLER);
    add(Shared.TRANSACTIONS, settings.transactions().openMax());
    add(Shared.TRANSACTION_BYTES, database.transactionBytesMax());
    add(Shared.CURSORS, settings.limits().cursorsMax());
    add(Shared.IDEMPOTENCY_BYTES, IDEMPOTENCY_BYTES_MAX);
    add(Shared.OPERATIONS, OPERATIONS_MAX);
    add(Shared.REQUESTS_ACTIVE, requests.activeMax());
    add(Shared.REQUESTS_QUEUED, requests.activeMax() == 0 ? 0 : requests.queuedMax());
    all.forEach((shared, shares) -> {
      Metric.SHARE_MAX.register(meters, shares, CallerShares::max, shared.word());
      Metric.SHARE_HELD.register(meters, shares, CallerShares::held, shared.word());
      Metric.SHARE_CALLERS.register(meters, shares, CallerShares::holders, shared.word());
      Metric.SHARE_REFUSED.register(meters, shares, CallerShares::refused, shared.word());
    });
  }

  private void add(Shared shared, long max) {
    if (max > 0) {
      int holdersMax =
          shared == Shared.IDEMPOTENCY_BYTES ? idempotentCallersMax : Integer.MAX_VALUE;
      all.put(shared, new CallerShares(max, holdersMax, Clock.SYSTEM::nanoTime));
    }
  }

  /// What is shared, and is bounded.
  ///
  /// @return a view
  public Map<Shared, CallerShares> all() {
    return Collections.unmodifiableMap(all);
  }

  /// One of the things that are shared.
  ///
  /// @param shared which
  /// @return nothing if there is any number of it
  public Optional<CallerShares> find(Shared shared) {
    return Optional.ofNullable(all.get(shared));
  }

  /// One of the things of which there is never any number.
  ///
  /// @param shared which, other than requests
  /// @return who has how much of it
  public CallerShares of(Shared shared) {
    return find(shared).orElseThrow();
  }

  /// Says why a caller gets no more.
  ///
  /// @param type the problem, which passes by itself
  /// @param shared what it gets no more of
  /// @param holder the caller
  /// @return with the limit of all, what the caller may have now, and what it has
  public Problem refusal(ProblemType type, Shared shared, ShareHolder holder) {
    return refusal(type, shared, of(shared), holder);
  }

  /// As [#refusal(ProblemType, Shared, ShareHolder)].
  ///
  /// @param type the problem, which passes by itself
  /// @param shared what the caller gets no more of
  /// @param shares who has how much of it
  /// @param holder the caller
  /// @return with the limit of all, what the caller may have now, and what it has
  public static Problem refusal(
      ProblemType type, Shared shared, CallerShares shares, ShareHolder holder) {
    long own = shares.heldBy(holder);
    long share = shares.shareOf(holder);
    String detail =
        "Of %d %s for all callers %d are in use. You have %d; your share is %d while others want some."
            .formatted(shares.max(), shared.words(), shares.held(), own, share);
    return ProblemTranslation.retryLater(type, detail, RETRY_AFTER)
        .with("limit", shares.max())
        .with("share", share)
        .with("held", own);
  }
}
