package io.lightningdb.server.operation;

import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.ShareHolder;
import io.lightningdb.server.share.Shared;
import io.lightningdb.server.share.Shares;
import io.lightningdb.server.web.Words;
import jakarta.annotation.PreDestroy;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Runs operations, one of a kind at a time, or one of a kind and keyspace, and remembers the last ones. Callers share
/// how many run. *Thread-safe.*
@Component
public final class Operations {
  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
  private static final int KEPT_MAX = 100;
  private static final long STOP_SECONDS_MAX = 10;

  private final OperationWork work;
  private final OperationFile file;
  private final Shares shares;
  private final SecureRandom random = new SecureRandom();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(
          Thread.ofPlatform().name("operation-", 0).daemon().factory());

  // Guarded by this. Oldest first.
  private final Map<String, Operation> operations = new LinkedHashMap<>();
  private final Map<String, String> startedBy = new HashMap<>();
  private final Map<Work, Run> running = new HashMap<>();
  private boolean stopped;

  /// Called by Spring. What ran when the service ended is marked as interrupted.
  ///
  /// @param work does what operations are for
  /// @param file keeps them over a restart
  /// @param shares holds callers to their shares
  Operations(OperationWork work, OperationFile file, Shares shares) {
    this.work = work;
    this.file = file;
    this.shares = shares;
    for (Operation each : file.read()) {
      boolean ended = each.endedAt() != null;
      put(ended ? each : each.ended("interrupted", now()));
    }
  }

  /// What is done once at a time.
  ///
  /// @param keyspace the only one that it is done for; empty for all, and where it is done for the whole database
  private record Work(OperationKind kind, String keyspace) {
    static Work of(OperationRequest request) {
      return new Work(request.kind(), request.parameter("keyspace").orElse(""));
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  /// Begins an operation.
  ///
  /// @param request what it is to do
  /// @return the operation, which runs
  /// @throws ProblemException if the same work is under way, the caller has its share of what runs, or it cannot be
  ///     done at all
  public Operation start(OperationRequest request) {
    work.check(request);
    Run run = add(request);
    threads.execute(run);
    return get(run.id);
  }

  private synchronized Run add(OperationRequest request) {
    Run other = running.get(Work.of(request));
    if (other != null) {
      String detail =
          "Operation %s of kind %s is running.".formatted(other.id, Words.of(request.kind()));
      throw Problem.of(ProblemType.OPERATION_IN_PROGRESS, detail)
          .with("operation", other.id)
          .asException();
    }
    if (stopped) {
      throw Problem.of(ProblemType.SHUTTING_DOWN, ProblemType.SHUTTING_DOWN.meaning())
          .asException();
    }
    ShareHolder holder = ShareHolder.current();
    if (shares.of(Shared.OPERATIONS).take(holder, 1) != CallerShares.Verdict.TAKEN) {
      throw shares.refusal(ProblemType.OVERLOADED, Shared.OPERATIONS, holder).asException();
    }
    String id = HexFormat.of().toHexDigits(random.nextLong());
    Map<String, Object> parameters = new LinkedHashMap<>(request.parameters());
    Run run = new Run(id, request, holder);
    running.put(Work.of(request), run);
    startedBy.put(id, holder.id());
    put(Operation.started(id, Words.of(request.kind()), parameters, now()));
    keep();
    return run;
  }

  private void put(Operation operation) {
    operations.put(operation.id(), operation);
    Optional<String> oldest = Optional.of(operation.id());
    while (operations.size() > KEPT_MAX && oldest.isPresent()) {
      oldest = oldestToForget();
      oldest.ifPresent(id -> {
        operations.remove(id);
        startedBy.remove(id);
      });
    }
  }

  /// Of the caller of whom most are remembered: so no caller makes the service forget what another has done.
  private Optional<String> oldestToForget() {
    List<String> ended =
        operations.values().stream()
            .filter(each -> each.endedAt() != null)
            .map(Operation::id)
            .toList();
    Map<String, Long> counts =
        ended.stream().collect(Collectors.groupingBy(this::caller, Collectors.counting()));
    return ended.stream()
        .max(
            Comparator.comparingLong((String id) -> counts.get(caller(id)))
                .thenComparingInt(id -> -ended.indexOf(id)));
  }

  /// Who started an operation; empty if that was before the start of the service.
  private String caller(String id) {
    return startedBy.getOrDefault(id, "");
  }

  private void keep() {
    file.write(List.copyOf(operations.values()));
  }

  /// The operations that run or ran lately.
  ///
  /// @return newest first
  public synchronized List<Operation> list() {
    return new ArrayList<>(operations.values()).reversed();
  }

  /// Finds an operation.
  ///
  /// @param id names it
  /// @return the operation as it stands
  /// @throws ProblemException if there is none
  public synchronized Operation get(String id) {
    Operation found = operations.get(id);
    if (found == null) {
      throw Problem.of(ProblemType.OPERATION_NOT_FOUND, ProblemType.OPERATION_NOT_FOUND.meaning())
          .asException();
    }
    return found;
  }

  /// Asks an operation to stop. One that has ended stays as it is.
  ///
  /// @param id names it
  /// @return the operation as it stands
  /// @throws ProblemException if there is none
  public synchronized Operation cancel(String id) {
    Operation found = get(id);
    for (Run run : running.values()) {
      if (run.id.equals(id)) {
        run.cancelled = true;
      }
    }
    return found;
  }

  /// Called by Spring when the service stops, before the database is closed: what runs is asked to stop.
  ///
  /// @throws InterruptedException if the thread is interrupted meanwhile
  @PreDestroy
  void stop() throws InterruptedException {
    synchronized (this) {
      stopped = true;
      running.values().forEach(run -> run.cancelled = true);
    }
    threads.shutdown();
    if (!threads.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
      LOG.warn("The service ends while operations run; they will be shown as interrupted");
    }
  }

  /// The work of one operation.
  private final class Run implements Runnable, OperationControl {
    private final String id;
    private final OperationRequest request;
    private final ShareHolder holder;
    private final long startNanos = System.nanoTime();
    private volatile boolean cancelled;

    Run(String id, OperationRequest request, ShareHolder holder) {
      this.id = id;
      this.request = request;
      this.holder = holder;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }

    @Override
    public void progress(long done, long all) {
      double share = all <= 0 ? 0 : Math.min(1.0, (double) done / all);
      Long speed = null;
      Instant end = null;
      if (request.kind().isMeasuredInBytes() && share > 0) {
        double seconds = Math.max(1e-3, (System.nanoTime() - startNanos) / 1e9);
        speed = (long) (done / seconds);
        end = now().plus(Duration.ofMillis((long) (seconds * 1000 * (1 - share) / share)));
      }
      synchronized (Operations.this) {
        Operation found = operations.get(id);
        if (found != null && found.endedAt() == null) {
          operations.put(id, found.at(share, speed, end));
        }
      }
    }

    @Override
    public void run() {
      Map<String, Object> result = null;
      Throwable failure = null;
      try {
        result = work.run(request, this);
      } catch (Exception | Error e) {
        // Whatever it was, the operation has ended, and says so.
        failure = e;
      }
      end(result, failure);
    }

    private void end(@Nullable Map<String, Object> result, @Nullable Throwable failure) {
      synchronized (Operations.this) {
        Operation found = get(id);
        if (result != null) {
          put(found.succeeded(result, now()));
        } else if (failure == null || isCancellation(failure)) {
          put(found.ended(stopped ? "interrupted" : "cancelled", now()));
        } else {
          put(found.failed(problem(failure), now()));
        }
        running.remove(Work.of(request));
        shares.of(Shared.OPERATIONS).give(holder, 1);
        keep();
      }
    }

    private boolean isCancellation(Throwable failure) {
      BackupException.@Nullable Kind kind =
          switch (failure) {
            case BackupException backup -> backup.kind();
            case EngineException.BackupFailed backup -> backup.kind();
            default -> null;
          };
      return cancelled && kind == BackupException.Kind.CANCELLED;
    }

    private Map<String, Object> problem(Throwable failure) {
      Problem problem = ProblemTranslation.of(failure);
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("type", problem.type().path());
      members.put("title", problem.type().title());
      members.put("status", problem.type().status());
      members.put("detail", problem.detail());
      members.put("instance", OperationController.PATH + "/" + id);
      members.put("retryable", problem.type().isRetryable());
      members.putAll(problem.members());
      return members;
    }
  }

  /// The operation of a kind that runs now.
  ///
  /// @param kind the kind
  /// @return the operation, or empty if none runs
  public synchronized Optional<Operation> running(OperationKind kind) {
    return running.values().stream()
        .filter(run -> run.request.kind() == kind)
        .findFirst()
        .map(run -> get(run.id));
  }
}
