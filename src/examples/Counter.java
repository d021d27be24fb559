import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;

/// A counter that many programs increase. Each increment is one commit, and answers what the counter became. An
/// increment that is sent again with the same `Idempotency-Key`, because its answer was lost, counts once.
///
///     java src/examples/Counter.java http://127.0.0.1:8080
public class Counter {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /// Counts ten visits, the last of which is sent twice.
  ///
  /// @param args the URL of the service
  public static void main(String[] args) throws IOException, InterruptedException {
    URI service = URI.create(args.length == 0 ? "http://127.0.0.1:8080" : args[0]);
    URI counter = service.resolve("/v1/keyspaces/default/entries/example-visits");
    CLIENT.send(HttpRequest.newBuilder(counter).DELETE().build(), BodyHandlers.ofString());
    for (int visit = 1; visit <= 9; visit++) {
      increment(counter, UUID.randomUUID().toString());
    }
    String last = UUID.randomUUID().toString();
    System.out.println(increment(counter, last));
    System.out.println(increment(counter, last));
  }

  private static String increment(URI counter, String idempotencyKey)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(counter + "/increment"))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", idempotencyKey)
            .POST(BodyPublishers.ofString("{\"by\":1}"))
            .build();
    HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(answer.statusCode() + " " + answer.body());
    }
    return answer.body().strip().replaceAll(",\"version.*", "}");
  }
}
