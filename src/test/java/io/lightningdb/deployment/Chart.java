package io.lightningdb.deployment;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
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

  // A rendering costs 40 ms: tests share those of the same values.
  private static final Map<List<String>, Manifests> RENDERED = new ConcurrentHashMap<>();

  LintResult lint() {
    return new Helm(directory).lint().strict().call();
  }

  /// Renders with `values`, YAML, over the chart's own.
  Manifests render(String values) {
    return render(values, RELEASE, KUBERNETES);
  }

  Manifests render(String values, String release, String kubernetes) {
    return RENDERED.computeIfAbsent(
        List.of(directory.toString(), values, release, kubernetes),
        key -> Manifests.parse(quick().template(values, release, kubernetes)));
  }

  /// The same chart, or what renders the same in less time.
  Chart quick() {
    return equals(SHIPPED) ? Quick.CHART : this;
  }

  /// As `helm template` prints it.
  String template(String values, String release, String kubernetes) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        Files.writeString(file, values);
        return new Helm(directory)
            .template()
            .withName(release)
            .withNamespace(NAMESPACE)
            .withKubeVersion(kubernetes)
            .withValuesFile(file)
            .call();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A copy in which hooks are ordinary resources: rendering leaves hooks out otherwise.
  Chart withHooksAsResources(Path copy) {
    return quick().copiedTo(copy, text -> text.replaceAll("(?m)^ *helm\\.sh/hook: .*\\R", ""));
  }

  private Chart copiedTo(Path copy, UnaryOperator<String> change) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(directory.relativize(file));
        Files.createDirectories(target.getParent());
        Files.writeString(target, change.apply(Files.readString(file)));
      }
      return new Chart(copy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The chart without the part of its schema that names the nearest value, which takes Helm three times as long as all else.
  private static final class Quick {
    static final Chart CHART =
        SHIPPED.copiedTo(
            Path.of("target", "chart"),
            text -> text.replaceAll(",\\R *\"propertyNames\": \\{\"if\".*\\}(?=,?\\R)", ""));
  }
}
