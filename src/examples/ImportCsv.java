import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Imports a CSV file of any size: it is streamed from the disk, and the progress streamed back while the service
/// commits. Each row becomes a JSON object under the key in its column `sku`.
///
///     java src/examples/ImportCsv.java http://127.0.0.1:8080 src/examples/products.csv
public class ImportCsv {

  /// Imports, and reads one row.
  ///
  /// @param args the URL of the service and the file
  public static void main(String[] args) throws IOException, InterruptedException {
    URI service = URI.create(args.length == 0 ? "http://127.0.0.1:8080" : args[0]);
    Path file = Path.of(args.length < 2 ? "src/examples/products.csv" : args[1]);
    HttpClient client = HttpClient.newHttpClient();
    URI keyspace = service.resolve("/v1/keyspaces/example-import");
    client.send(
        HttpRequest.newBuilder(keyspace).PUT(BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());

    HttpRequest upload =
        HttpRequest.newBuilder(URI.create(keyspace + "/entries:import?keyField=/sku"))
            .header("Content-Type", "text/csv")
            .header("Accept", "application/x-ndjson")
            .POST(BodyPublishers.ofFile(file))
            .build();
    HttpResponse<Stream<String>> progress = client.send(upload, BodyHandlers.ofLines());
    // Lines say how far it is; the last one is the result, or the problem that ended the import.
    try (Stream<String> lines = progress.body()) {
      String last = lines.reduce((before, line) -> line).orElse("");
      if (!last.startsWith("{\"result\"")) {
        throw new IOException(last);
      }
      System.out.println(last.replaceAll(",\"version\".*", "}}"));
    }
    HttpRequest one =
        HttpRequest.newBuilder(URI.create(keyspace + "/entries/office-0000017")).build();
    System.out.println(client.send(one, BodyHandlers.ofString()).body().strip());
  }
}
