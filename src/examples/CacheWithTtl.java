import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Supplier;

/// A cache: what is expensive to compute is kept for a minute, and then computed anew. The database drops what has
/// expired by itself.
///
///     java src/examples/CacheWithTtl.java http://127.0.0.1:8080
public class CacheWithTtl {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final URI keyspace;

  private CacheWithTtl(URI service) throws IOException, InterruptedException {
    keyspace = service.resolve("/v1/keyspaces/example-cache");
    // What is cached may be lost with the power: `logged` does not wait for the disk.
    String options = "{\"defaultTtl\":\"PT1M\",\"durability\":\"logged\"}";
    HttpRequest create =
        HttpRequest.newBuilder(keyspace)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(options))
            .build();
    HttpResponse<String> answer = CLIENT.send(create, BodyHandlers.ofString());
    if (answer.statusCode() != 200 && answer.statusCode() != 201) {
      throw new IOException(answer.body());
    }
  }

  /// The value of a key, out of the cache or computed.
  private String get(String key, Supplier<String> compute)
      throws IOException, InterruptedException {
    URI entry = URI.create(keyspace + "/entries/" + key);
    HttpResponse<String> cached =
        CLIENT.send(HttpRequest.newBuilder(entry).build(), BodyHandlers.ofString());
    if (cached.statusCode() == 200) {
      return cached.body();
    }
    if (cached.statusCode() != 404) {
      throw new IOException(cached.body());
    }
    String value = compute.get();
    HttpRequest put =
        HttpRequest.newBuilder(entry)
            .header("Content-Type", "text/plain")
            .PUT(BodyPublishers.ofString(value))
            .build();
    HttpResponse<String> stored = CLIENT.send(put, BodyHandlers.ofString());
    if (stored.statusCode() / 100 != 2) {
      throw new IOException(stored.body());
    }
    return value;
  }

  /// Asks twice for the same, which is computed once.
  ///
  /// @param args the URL of the service
  public static void main(String[] args) throws IOException, InterruptedException {
    CacheWithTtl cache =
        new CacheWithTtl(URI.create(args.length == 0 ? "http://127.0.0.1:8080" : args[0]));
    for (int attempt = 1; attempt <= 2; attempt++) {
      String report =
          cache.get(
              "report-today",
              () -> {
                System.out.println("computing");
                return "42 orders";
              });
      System.out.println(report);
    }
  }
}
