package io.lightningdb.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.springframework.util.FileSystemUtils;

/// As much of a cluster's API, on loopback, as Helm asks before it upgrades release `demo`: the release, and its StatefulSet.
/// It takes no resources, so an upgrade whose rendering is right ends with that.
final class Cluster implements AutoCloseable {

  private static final String STATEFUL_SET =
      "/apis/apps/v1/namespaces/prod/statefulsets/demo-lightningdb";

  private final HttpServer server;
  private final Path folder;
  private final Map<String, String> answers;

  Cluster(Path folder, String statefulSet) throws IOException {
    this.folder = folder;
    answers =
        Map.of(
            "/version",
            "{'major': '1', 'minor': '34', 'gitVersion': 'v1.34.0'}",
            "/api",
            "{'kind': 'APIVersions', 'versions': ['v1']}",
            "/api/v1",
            "{'kind': 'APIResourceList', 'groupVersion': 'v1', 'resources': []}",
            "/apis",
            """
            {'kind': 'APIGroupList', 'groups': [{'name': 'apps',
             'versions': [{'groupVersion': 'apps/v1', 'version': 'v1'}],
             'preferredVersion': {'groupVersion': 'apps/v1', 'version': 'v1'}}]}\
            """,
            "/apis/apps/v1",
            """
            {'kind': 'APIResourceList', 'groupVersion': 'apps/v1', 'resources':
             [{'name': 'statefulsets', 'namespaced': true, 'kind': 'StatefulSet', 'verbs': ['get']}]}\
            """,
            "/api/v1/namespaces/prod/secrets",
            "{'kind': 'SecretList', 'apiVersion': 'v1', 'items': [" + release() + "]}",
            STATEFUL_SET,
            statefulSet);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  /// What Helm says when it upgrades with `values` as far as a dry run on the server does.
  String upgrade(Chart chart, String values) {
    try {
      Path file = Files.writeString(folder.resolve("values.yaml"), values);
      Path config =
          Files.writeString(
              folder.resolve("kubeconfig.yaml"),
              """
              apiVersion: v1
              kind: Config
              clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
              contexts: [{name: c, context: {cluster: c, user: u}}]
              users: [{name: u, user: {}}]
              current-context: c
              """
                  .formatted(server.getAddress().getPort()));
      return new Helm(chart.quick().directory())
          .upgrade()
          .withName(Chart.RELEASE)
          .withNamespace(Chart.NAMESPACE)
          .withKubeConfig(config)
          .withValuesFile(file)
          .dryRun()
          .withDryRunOption(DryRun.SERVER)
          .disableOpenApiValidation()
          .call()
          .getOutput();
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Also forgets what Helm's client has written down of this cluster in the home directory, as it does of each.
  @Override
  public void close() throws IOException {
    server.stop(0);
    FileSystemUtils.deleteRecursively(
        Path.of(System.getProperty("user.home"), ".kube", "cache", "discovery")
            .resolve("127.0.0.1_" + server.getAddress().getPort()));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String missing = "{'kind': 'Status', 'status': 'Failure', 'reason': 'NotFound', 'code': 404}";
      byte[] body = answers.getOrDefault(path, missing).replace('\'', '"').getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(answers.containsKey(path) ? 200 : 404, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /// The secret in which Helm keeps a release.
  private static String release() throws IOException {
    String release =
        """
        {"name": "demo", "namespace": "prod", "version": 1, "manifest": "", "info": {"status": "deployed"},
         "chart": {"metadata": {"name": "lightningdb", "version": "0.2.0", "apiVersion": "v2"}}}\
        """;
    var compressed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(compressed)) {
      out.write(release.getBytes(UTF_8));
    }
    Base64.Encoder base64 = Base64.getEncoder();
    String data = base64.encodeToString(base64.encode(compressed.toByteArray()));
    return """
    {'kind': 'Secret', 'apiVersion': 'v1', 'type': 'helm.sh/release.v1', 'data': {'release': '%s'},
     'metadata': {'name': 'sh.helm.release.v1.demo.v1', 'namespace': 'prod',
      'labels': {'name': 'demo', 'owner': 'helm', 'status': 'deployed', 'version': '1'}}}\
    """
        .formatted(data);
  }
}
