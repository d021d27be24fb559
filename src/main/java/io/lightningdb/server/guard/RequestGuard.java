package io.lightningdb.server.guard;

import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.server.connection.ClientConnection;
import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.security.Caller;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.ShareHolder;
import io.lightningdb.server.share.Shared;
import io.lightningdb.server.share.Shares;
import io.lightningdb.server.web.HeldPlace;
import io.lightningdb.server.web.RequestDeadline;
import io.lightningdb.token.Role;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Holds the requests of the API to [ClientRates] and [RequestGate].
@Configuration(proxyBeanMethods = false)
class RequestGuard implements WebMvcConfigurer {
  private static final String API = "/v1/**";
  private static final String[] NEVER_REFUSED = {"/v1/admin/**", "/v1/limits", "/v1/caller"};
  private static final int BEFORE_ALL = -1;

  // Behind what refuses a request without doing anything.
  private static final int BEFORE_WAITS = 2;

  private final @Nullable RateLimit rateLimit;
  private final @Nullable Gate gate;

  /// Called by Spring.
  ///
  /// @param settings has the bounds
  /// @param shares holds callers to their shares
  /// @param meters takes the figures
  RequestGuard(LightningProperties settings, Shares shares, MeterRegistry meters) {
    LightningProperties.Requests bounds = settings.requests();
    int perSecond = bounds.perClientPerSecondMax();
    Counter tooFast = refused("rate-limited", meters);
    Counter queueFull = refused("queue-full", meters);
    Counter queueWait = refused("queue-wait", meters);
    this.rateLimit = perSecond == 0 ? null : new RateLimit(rates(bounds), perSecond, tooFast);
    this.gate =
        shares
            .find(Shared.REQUESTS_ACTIVE)
            .map(places -> gate(places, shares, bounds))
            .map(opened -> new Gate(opened, bounds, queueFull, queueWait))
            .orElse(null);
    Metric.REQUESTS_CLIENTS.register(meters, this, RequestGuard::clients);
    Metric.REQUESTS_ACTIVE.register(meters, this, RequestGuard::active);
    Metric.REQUESTS_QUEUED.register(meters, this, RequestGuard::queued);
  }

  private static Counter refused(String reason, MeterRegistry meters) {
    return Metric.REQUESTS_REFUSED.counter(meters, reason);
  }

  private static ClientRates rates(LightningProperties.Requests bounds) {
    int perSecond = bounds.perClientPerSecondMax();
    int burst = bounds.perClientBurst() == 0 ? perSecond : bounds.perClientBurst();
    return new ClientRates(perSecond, burst, bounds.clientsMax(), Clock.SYSTEM);
  }

  private static RequestGate gate(
      CallerShares places, Shares shares, LightningProperties.Requests bounds) {
    CallerShares queue = shares.find(Shared.REQUESTS_QUEUED).orElse(null);
    return new RequestGate(places, queue, bounds.queueWaitMax());
  }

  private int clients() {
    return rateLimit == null ? 0 : rateLimit.rates().clients();
  }

  private int active() {
    return gate == null ? 0 : gate.gate().active();
  }

  private int queued() {
    return gate == null ? 0 : gate.gate().queued();
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(new CallerMark()).addPathPatterns(API).order(BEFORE_ALL - 1);
    if (rateLimit != null) {
      add(registry, rateLimit, BEFORE_ALL);
    }
    if (gate != null) {
      add(registry, gate, BEFORE_WAITS);
    }
  }

  private static void add(InterceptorRegistry registry, HandlerInterceptor guard, int order) {
    registry
        .addInterceptor(guard)
        .addPathPatterns(API)
        .excludePathPatterns(NEVER_REFUSED)
        .order(order);
  }

  /// Marks each request, and the memory that it will take, with the caller whose share it counts for.
  private record CallerMark() implements HandlerInterceptor {
    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler) {
      Caller caller = Caller.current();
      ShareHolder holder = holder(caller, request);
      holder.mark();
      MemoryLease lease = MemoryLease.current();
      if (lease != null) {
        boolean isAdministrator = holder.rank() == ShareHolder.Rank.ADMIN;
        lease.ownedBy(new CallerMemory.Owner(holder.id(), isAdministrator));
      }
      return true;
    }

    private static ShareHolder holder(Caller caller, HttpServletRequest request) {
      if (caller.id().isEmpty()) {
        return new ShareHolder(request.getRemoteAddr(), ShareHolder.Rank.LOCAL);
      }
      boolean isAdmin = caller.rights().include(Role.ADMIN);
      return new ShareHolder(
          caller.id(), isAdmin ? ShareHolder.Rank.ADMIN : ShareHolder.Rank.ORDINARY);
    }
  }

  /// Refuses what a client sends too fast.
  ///
  /// @param rates counts
  /// @param perSecond how many requests may come in a second
  /// @param refused counts those that are too many
  private record RateLimit(ClientRates rates, int perSecond, Counter refused)
      implements HandlerInterceptor {
    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler) {
      long waitNanos = rates.take(ShareHolder.current().id());
      if (waitNanos > 0) {
        refused.increment();
        String detail = "You have sent more than %d requests a second.".formatted(perSecond);
        throw ProblemTranslation.retryLater(
                ProblemType.RATE_LIMITED, detail, Duration.ofNanos(waitNanos))
            .with("limit", perSecond)
            .asException();
      }
      return true;
    }
  }

  /// Lets requests be served in turn.
  ///
  /// @param gate counts
  /// @param bounds how many
  /// @param queueFull counts those that may not even wait
  /// @param queueWait counts those that waited in vain
  private record Gate(
      RequestGate gate, LightningProperties.Requests bounds, Counter queueFull, Counter queueWait)
      implements HandlerInterceptor {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler)
        throws InterruptedException {
      if (passes(handler)) {
        return true;
      }
      ShareHolder holder = ShareHolder.current();
      enter(holder);
      Place place = new Place(this, holder);
      HeldPlace.set(request, place);
      ClientConnection connection = ClientConnection.of(request);
      if (connection != null) {
        connection.whenWaiting(place::leave);
      }
      return true;
    }

    private void enter(ShareHolder holder) throws InterruptedException {
      switch (gate.enter(holder)) {
        case ENTERED -> {}
        case QUEUE_FULL -> throw tooMany(queueFull, bounds.queuedMax() + " wait already.");
        case WAITED_TOO_LONG -> {
          RequestDeadline.throwIfPast("A wait for other requests to end");
          throw tooMany(
              queueWait, "none ended within " + bounds.queueWaitMax().toMillis() + " ms.");
        }
      }
    }

    private ProblemException tooMany(Counter refused, String more) {
      refused.increment();
      String detail = bounds.activeMax() + " requests are being served, and " + more;
      return ProblemTranslation.retryLater(ProblemType.OVERLOADED, detail, RETRY_AFTER)
          .asException();
    }

    private static boolean passes(Object handler) {
      return !(handler instanceof HandlerMethod call)
          || call.getMethod().isAnnotationPresent(PassesGate.class);
    }

    @Override
    public void afterCompletion(
        HttpServletRequest request,
        HttpServletResponse response,
        Object handler,
        @Nullable Exception failure) {
      HeldPlace place = HeldPlace.of(request);
      if (place != null) {
        place.leave();
        HeldPlace.set(request, null);
      }
    }
  }

  /// A place behind the gate.
  private static final class Place implements HeldPlace {
    private final Gate gate;
    private final ShareHolder holder;
    private boolean isHeld = true;

    Place(Gate gate, ShareHolder holder) {
      this.gate = gate;
      this.holder = holder;
    }

    @Override
    public void leave() {
      if (isHeld) {
        isHeld = false;
        gate.gate().leave(holder);
      }
    }

    @Override
    public void retake() {
      if (!isHeld) {
        try {
          gate.enter(holder);
        } catch (InterruptedException _) {
          throw interrupted();
        }
        isHeld = true;
      }
    }

    @Override
    public void retakeInTurn() {
      if (!isHeld) {
        try {
          isHeld = gate.gate().enterAgain(holder);
        } catch (InterruptedException _) {
          throw interrupted();
        }
        if (!isHeld) {
          RequestDeadline.throwIfPast("A wait for other requests to end");
        }
      }
    }

    private static ProblemException interrupted() {
      Thread.currentThread().interrupt();
      return ProblemTranslation.retryLater(
              ProblemType.SHUTTING_DOWN, "The request was interrupted.", Gate.RETRY_AFTER)
          .asException();
    }
  }
}
