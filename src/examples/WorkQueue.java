import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// A queue of jobs for several workers. A worker takes a lease on a job, does it, and removes job and lease in one
/// commit if the lease is still its own. The lease of a worker that died expires, and another one does the job.
///
///     java src/examples/WorkQueue.java http://127.0.0.1:8080
public class WorkQueue {
  private static final int JOBS = 20;
  private static final int WORKERS = 4;
  private static final Pattern KEY = Pattern.compile("\"key\":\"([^\"]+)\"");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final URI service;

  private WorkQueue(URI service) throws IOException, InterruptedException {
    this.service = service;
    put("/v1/keyspaces/example-jobs", "{}");
    put("/v1/keyspaces/example-leases", "{}");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(service.resolve(path)).header("Content-Type", "application/json");
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2 && answer.statusCode() != 412) {
      throw new IOException(answer.statusCode() + " " + answer.body());
    }
    return answer;
  }

  private void put(String path, String json) throws IOException, InterruptedException {
    send(request(path).PUT(BodyPublishers.ofString(json)));
  }

  /// The oldest jobs; keys are ordered.
  private List<String> oldest() throws IOException, InterruptedException {
    String page =
        send(request("/v1/keyspaces/example-jobs/entries?fields=key&limit=" + WORKERS * 2)).body();
    return KEY.matcher(page).results().map((MatchResult key) -> key.group(1)).toList();
  }

  /// Takes the lease on a job, unless another worker has it.
  private boolean lease(String job, String worker) throws IOException, InterruptedException {
    HttpRequest.Builder create =
        request("/v1/keyspaces/example-leases/entries/" + job)
            .header("If-None-Match", "*")
            .header("Lightning-Ttl", "PT30S")
            .PUT(BodyPublishers.ofString("\"" + worker + "\""));
    return send(create).statusCode() == 201;
  }

  /// Removes job and lease if the lease is the worker's, and the job still there.
  private boolean finish(String job, String worker) throws IOException, InterruptedException {
    String execute =
        """
        {"compare": [{"keyspace": "example-leases", "key": "%1$s", "value": "%2$s"}],
         "then": [{"get": {"keyspace": "example-jobs", "key": "%1$s"}},
                  {"delete": {"keyspace": "example-jobs", "key": "%1$s"}},
                  {"delete": {"keyspace": "example-leases", "key": "%1$s"}}],
         "else": []}
        """
            .formatted(job, worker);
    HttpResponse<String> answer =
        send(request("/v1/transactions:execute").POST(BodyPublishers.ofString(execute)));
    return answer.body().contains("\"succeeded\":true") && answer.body().contains("\"value\":");
  }

  /// Works until the queue is empty.
  ///
  /// @return how many jobs this worker did
  private int work(String worker) throws IOException, InterruptedException {
    int done = 0;
    for (List<String> jobs = oldest(); !jobs.isEmpty(); jobs = oldest()) {
      for (String job : jobs) {
        // Here the job would be done, in less time than the lease lasts.
        if (lease(job, worker) && finish(job, worker)) {
          done++;
        }
      }
    }
    return done;
  }

  /// Fills the queue, and empties it by four workers: each job is done once.
  ///
  /// @param args the URL of the service
  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    WorkQueue queue =
        new WorkQueue(URI.create(args.length == 0 ? "http://127.0.0.1:8080" : args[0]));
    for (int number = 1; number <= JOBS; number++) {
      queue.put(
          "/v1/keyspaces/example-jobs/entries/job-%04d".formatted(number),
          "{\"mailTo\":\"customer %d\"}".formatted(number));
    }
    int done = 0;
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> running =
          IntStream.range(0, WORKERS)
              .mapToObj(number -> workers.submit(() -> queue.work("worker-" + number)))
              .toList();
      for (Future<Integer> worker : running) {
        done += worker.get();
      }
    }
    System.out.println(done + " jobs done, " + queue.oldest().size() + " left");
  }
}
