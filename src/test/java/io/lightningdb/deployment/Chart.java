package io.lightningdb.deployment;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/// The chart in a folder, rendered as `helm template` does it for release `demo` in namespace `prod`.
record Chart(Path directory) {

  static final Chart SHIPPED = new Chart(Path.of("helm", "lightningdb"));

  /// What the default pod, and only it, is selected by.
  static final Map<String, String> SELECTOR =
      Map.of(
          "app.kubernetes.io/name", "lightningdb",
          "app.kubernetes.io/instance", "demo",
          "app.kubernetes.io/component", "database");

  static final String RELEASE = "demo";
  static final String NAMESPACE = "prod";

  // Helm's library takes Kubernetes 1.20 for granted unless told otherwise.
  private static final String KUBERNETES = "1.34.0";

  LintResult lint() {
    return new Helm(directory).lint().strict().call();
  }

  /// Renders with `values`, YAML, over the chart's own.
  Manifests render(String values) {
    return render(values, RELEASE, KUBERNETES);
  }

  Manifests render(String values, String release, String kubernetes) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        Files.writeString(file, values);
        return Manifests.parse(
            new Helm(directory)
                .template()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withKubeVersion(kubernetes)
                .withValuesFile(file)
                .call());
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A copy in which hooks are ordinary resources: rendering leaves hooks out otherwise.
  Chart withHooksAsResources(Path copy) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(directory.relativize(file));
        Files.createDirectories(target.getParent());
        Files.writeString(
            target, Files.readString(file).replaceAll("(?m)^ *helm\\.sh/hook: .*\\R", ""));
      }
      return new Chart(copy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
