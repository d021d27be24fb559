package io.lightningdb.clients;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes the OpenAPI document that the packed service serves to a file, for the generators.
final class ServedDocument {

  private ServedDocument() {}

  public static void main(String[] arguments) throws Exception {
    Path document = Path.of(arguments[0]).toAbsolutePath();
    Files.createDirectories(document.getParent());
    Path data = Files.createTempDirectory(document.getParent(), "served").resolve("data");
    try (PackedService service = PackedService.start(data);
        HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(service.url() + "/v3/api-docs")).build();
      HttpResponse<Path> answer = client.send(request, HttpResponse.BodyHandlers.ofFile(document));
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("the document was answered " + answer.statusCode());
      }
    }
  }
}
