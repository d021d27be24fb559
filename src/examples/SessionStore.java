import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import java.util.UUID;

/// Sessions of a web site: made at the login, prolonged by each request, ended by the logout or by half an hour of
/// silence.
///
///     java src/examples/SessionStore.java http://127.0.0.1:8080
public class SessionStore {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final URI keyspace;

  private SessionStore(URI service) throws IOException, InterruptedException {
    keyspace = service.resolve("/v1/keyspaces/example-sessions");
    HttpRequest create = HttpRequest.newBuilder(keyspace).PUT(BodyPublishers.noBody()).build();
    check(CLIENT.send(create, BodyHandlers.ofString()), 200, 201);
  }

  private HttpRequest.Builder entry(String id) {
    return HttpRequest.newBuilder(URI.create(keyspace + "/entries/" + id));
  }

  private HttpRequest.Builder write(String id, String user) {
    return entry(id)
        .header("Content-Type", "text/plain")
        .header("Lightning-Ttl", "PT30M")
        .PUT(BodyPublishers.ofString(user));
  }

  /// Makes a session. An id that is there already is refused, not taken over.
  private String login(String user) throws IOException, InterruptedException {
    String id = UUID.randomUUID().toString();
    HttpRequest create = write(id, user).header("If-None-Match", "*").build();
    check(CLIENT.send(create, BodyHandlers.ofString()), 201);
    return id;
  }

  /// The user of a session, which lasts half an hour more from now on; empty if it has ended.
  private Optional<String> touch(String id) throws IOException, InterruptedException {
    HttpResponse<String> session = CLIENT.send(entry(id).build(), BodyHandlers.ofString());
    if (session.statusCode() == 404) {
      return Optional.empty();
    }
    check(session, 200);
    String version = session.headers().firstValue("ETag").orElseThrow();
    // On the condition that it is as it was read: a logout in between is not undone.
    HttpRequest prolong = write(id, session.body()).header("If-Match", version).build();
    HttpResponse<String> answer = CLIENT.send(prolong, BodyHandlers.ofString());
    if (answer.statusCode() == 412) {
      return touch(id);
    }
    check(answer, 200);
    return Optional.of(session.body());
  }

  private void logout(String id) throws IOException, InterruptedException {
    check(CLIENT.send(entry(id).DELETE().build(), BodyHandlers.ofString()), 204);
  }

  private static void check(HttpResponse<String> answer, int... expected) throws IOException {
    for (int status : expected) {
      if (answer.statusCode() == status) {
        return;
      }
    }
    throw new IOException(answer.statusCode() + " " + answer.body());
  }

  /// Logs in, comes back, logs out.
  ///
  /// @param args the URL of the service
  public static void main(String[] args) throws IOException, InterruptedException {
    SessionStore sessions =
        new SessionStore(URI.create(args.length == 0 ? "http://127.0.0.1:8080" : args[0]));
    String id = sessions.login("ada");
    System.out.println("logged in: " + sessions.touch(id).orElse("no one"));
    sessions.logout(id);
    System.out.println("logged in: " + sessions.touch(id).orElse("no one"));
  }
}
