package io.lightningdb.dist;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sends a list of requests to a service, round by round, so that the JVM of the service learns what it will be asked
/// for. A program of one file: `java Training.java URL TOKEN REQUESTS ROUNDS`.
public final class Training {
  private static final Pattern HEADER = Pattern.compile("([A-Za-z-]+): (.*)");
  private static final Pattern ID = Pattern.compile("\"id\": ?\"([^\"]+)\"");

  /// A request, and the status that it has to be answered with.
  ///
  /// @param status the status
  /// @param method the method
  /// @param path path and query
  /// @param headers headers as they are written
  /// @param body the body, which may be empty
  record Line(int status, String method, String path, List<String> headers, String body) {
    static Line of(String text) {
      String[] parts = text.split(" \\| ");
      String[] words = parts[0].split(" ");
      List<String> rest = List.of(parts).subList(1, parts.length);
      int headers = (int) rest.stream().takeWhile(part -> HEADER.matcher(part).matches()).count();
      return new Line(
          Integer.parseInt(words[0]),
          words[1],
          words[2],
          rest.subList(0, headers),
          String.join(" | ", rest.subList(headers, rest.size())).replace("\\n", "\n"));
    }
  }

  private final HttpClient client = HttpClient.newHttpClient();
  private final String url;
  private final String token;
  private String id = "";
  private String etag = "";
  private final List<String> unexpected = new ArrayList<>();

  private Training(String url, String token) {
    this.url = url;
    this.token = token;
  }

  /// The requests of a file.
  ///
  /// @param file the file
  /// @return the requests, in order
  /// @throws IOException if the file cannot be read
  static List<Line> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(Line::of)
        .toList();
  }

  private String filled(String text, int round) {
    return text.replace("{n}", Integer.toString(round)).replace("{id}", id).replace("{etag}", etag);
  }

  private void send(Line line, int round) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + filled(line.path(), round)))
            .method(line.method(), BodyPublishers.ofString(filled(line.body(), round)));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    for (String header : line.headers()) {
      Matcher parts = HEADER.matcher(filled(header, round));
      parts.matches();
      request.header(parts.group(1), parts.group(2));
    }
    HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() != line.status()) {
      unexpected.add(
          "%s %s was answered %d in place of %d: %s"
              .formatted(
                  line.method(),
                  filled(line.path(), round),
                  answer.statusCode(),
                  line.status(),
                  answer.body()));
    }
    etag = answer.headers().firstValue("ETag").orElse(etag);
    Matcher named = ID.matcher(answer.body());
    if (named.find()) {
      id = named.group(1);
    }
  }

  /// Sends the requests.
  ///
  /// @param args the URL of the service, a token or nothing, the file of requests, and how often all of them are sent
  /// @throws Exception if one is not answered as expected
  public static void main(String[] args) throws Exception {
    Training training = new Training(args[0], args[1]);
    List<Line> lines = lines(Path.of(args[2]));
    int rounds = Integer.parseInt(args[3]);
    for (int round = 1; round <= rounds; round++) {
      for (Line line : lines) {
        training.send(line, round);
      }
      if (!training.unexpected.isEmpty()) {
        throw new IOException(String.join("\n", training.unexpected));
      }
    }
  }
}
