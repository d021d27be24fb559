import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;

/// Several programs change one document, and no change is lost: each reads it with its version (`ETag`), and writes
/// it on the condition that the version is still the same (`If-Match`). If it is not, the change is made anew on what
/// the other one left.
///
///     java src/examples/OptimisticUpdate.java http://127.0.0.1:8080
public class OptimisticUpdate {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final URI entry;

  private OptimisticUpdate(URI entry) {
    this.entry = entry;
  }

  private static HttpRequest.Builder text(URI entry, String value) {
    return HttpRequest.newBuilder(entry)
        .header("Content-Type", "text/plain")
        .PUT(BodyPublishers.ofString(value));
  }

  /// Changes the document.
  ///
  /// @return how often another program came in between
  private int update(UnaryOperator<String> change) throws IOException, InterruptedException {
    for (int attempt = 0; ; attempt++) {
      HttpResponse<String> read =
          CLIENT.send(HttpRequest.newBuilder(entry).build(), BodyHandlers.ofString());
      if (read.statusCode() != 200) {
        throw new IOException(read.body());
      }
      HttpRequest write =
          text(entry, change.apply(read.body()))
              .header("If-Match", read.headers().firstValue("ETag").orElseThrow())
              .build();
      HttpResponse<String> written = CLIENT.send(write, BodyHandlers.ofString());
      if (written.statusCode() == 200) {
        return attempt;
      }
      if (written.statusCode() != 412) {
        throw new IOException(written.body());
      }
    }
  }

  private int append(String letter, int times) throws IOException, InterruptedException {
    int repeated = 0;
    for (int time = 0; time < times; time++) {
      repeated += update(text -> text + letter);
    }
    return repeated;
  }

  /// Lets four writers append ten letters each.
  ///
  /// @param args the URL of the service
  public static void main(String[] args)
      throws IOException, InterruptedException, ExecutionException {
    URI service = URI.create(args.length == 0 ? "http://127.0.0.1:8080" : args[0]);
    URI entry = service.resolve("/v1/keyspaces/default/entries/example-document");
    CLIENT.send(text(entry, "").build(), BodyHandlers.ofString());
    OptimisticUpdate document = new OptimisticUpdate(entry);
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> running = new ArrayList<>();
      for (String letter : List.of("a", "b", "c", "d")) {
        running.add(writers.submit(() -> document.append(letter, 10)));
      }
      for (Future<Integer> writer : running) {
        writer.get();
      }
    }
    String text =
        CLIENT.send(HttpRequest.newBuilder(entry).build(), BodyHandlers.ofString()).body();
    System.out.println(text.length() + " letters, none lost");
  }
}
