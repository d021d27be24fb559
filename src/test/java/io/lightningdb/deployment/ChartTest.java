package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The chart as a whole: what it makes, under which names, and how it checks itself.
class ChartTest {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Manifests DEFAULTS = Chart.SHIPPED.render("");
  private static final Container CONTAINER = DEFAULTS.container();

  @Test
  void lintFindsNothing() {
    LintResult result = Chart.SHIPPED.lint();

    assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
    assertThat(result.getMessages()).noneMatch(message -> message.startsWith("[WARNING]"));
  }

  @Test
  void defaultResourcesAreKnownToKubernetesAndCarryTheStandardLabels() {
    assertThat(DEFAULTS.kinds())
        .containsExactlyInAnyOrder(
            "ConfigMap",
            "NetworkPolicy",
            "PodDisruptionBudget",
            "Service",
            "Service",
            "ServiceAccount",
            "StatefulSet");
    assertThat(DEFAULTS.typed())
        .hasSize(7)
        .allSatisfy(resource -> {
          assertThat(resource.getMetadata().getNamespace()).isEqualTo(Chart.NAMESPACE);
          assertThat(resource.getMetadata().getLabels())
              .containsEntry("app.kubernetes.io/name", "lightningdb")
              .containsEntry("app.kubernetes.io/instance", Chart.RELEASE)
              .containsEntry("app.kubernetes.io/managed-by", "Helm")
              .containsKeys(
                  "helm.sh/chart",
                  "app.kubernetes.io/component",
                  "app.kubernetes.io/part-of",
                  "app.kubernetes.io/version");
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "lightningdb", "a-release-name-of-53-characters-the-longest-that-helm"})
  void namesFitWhatKubernetesMakesOfThem(String release) {
    Manifests rendered = Chart.SHIPPED.render("", release, "1.34.0");

    // A pod's label holds the set's name, a dash and a hash of ten digits; a service's name is a
    // DNS label.
    assertThat(rendered.only(StatefulSet.class).getMetadata().getName().length())
        .isLessThanOrEqualTo(63 - 11);
    assertThat(rendered.all(Service.class).map(service -> service.getMetadata().getName()))
        .allSatisfy(name -> assertThat(name).matches("[a-z]([-a-z0-9]{0,61}[a-z0-9])?"));
    assertThat(rendered.statefulSet().getSelector().getMatchLabels())
        .containsEntry("app.kubernetes.io/instance", release);
  }

  @Test
  void theImageIsThatOfTheChartUnlessNamed() throws IOException {
    JsonNode chart =
        YAML.readTree(Files.readString(Chart.SHIPPED.directory().resolve("Chart.yaml")));
    String version = chart.path("appVersion").asString();

    assertThat(Files.readString(Path.of("pom.xml")))
        .containsPattern(
            "<artifactId>lightningdb</artifactId>\\s*<version>"
                + Pattern.quote(version)
                + "</version>");
    assertThat(CONTAINER.getImage()).isEqualTo("lightningdb:" + version);
    assertThat(
            Chart.SHIPPED
                .render("image: {repository: registry.example/db, tag: '7'}")
                .container()
                .getImage())
        .isEqualTo("registry.example/db:7");
    // The script that makes the image gives it the name and tag that the chart asks for.
    assertThat(Files.readString(Path.of("src", "dist", "image")))
        .containsPattern("(?m)^tag=lightningdb:\\$version$")
        .containsPattern("(?m)^version=\\$\\{folder##\\*-\\}$");
  }

  @Test
  void aDigestWinsOverATag() {
    String digest = "sha256:" + "0123456789abcdef".repeat(4);

    assertThat(
            Chart.SHIPPED
                .render(
                    "image: {repository: registry.example/db, tag: '7', digest: '" + digest + "'}")
                .container()
                .getImage())
        .isEqualTo("registry.example/db@" + digest);
  }

  @Test
  void aNodeCanBeDrained() {
    PodDisruptionBudget budget = DEFAULTS.only(PodDisruptionBudget.class);

    assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
    assertThat(budget.getSpec().getUnhealthyPodEvictionPolicy()).isEqualTo("AlwaysAllow");
    assertThat(budget.getSpec().getSelector().getMatchLabels()).isEqualTo(Chart.SELECTOR);
  }

  @Test
  void theTestPodShowsACertificateAndSendsATokenOfItsOwn(@TempDir Path copy) {
    String values =
        "{tls: {existingSecret: s, clientAuth: need}, tests: {tokenSecret: {name: writer},"
            + " clientCertificate: {existingSecret: tester}}}";
    Pod pod = Chart.SHIPPED.withHooksAsResources(copy).render(values).only(Pod.class);
    Container test = pod.getSpec().getContainers().getFirst();

    assertThat(
            Manifests.variable(test, "LIGHTNING_TOKEN").getValueFrom().getSecretKeyRef().getName())
        .isEqualTo("writer");
    assertThat(Manifests.variable(test, "LIGHTNING_URL").getValue())
        .isEqualTo("https://demo-lightningdb.prod.svc:8080");
    // Of the server's own secret it sees what to trust, and not the key.
    assertThat(secrets(pod, test))
        .containsExactlyInAnyOrder(
            entry(variable(test, "LIGHTNING_CACERT"), "s[ca.crt]"),
            entry(variable(test, "LIGHTNING_CERT"), "tester"),
            entry(variable(test, "LIGHTNING_KEY"), "tester"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{tls: {existingSecret: s}}|s[ca.crt]",
        "{tls: {existingSecret: s}, tests: {authorities: {key: tls.crt}}}|s[tls.crt]",
        "{tls: {existingSecret: s}, tests: {authorities: {existingSecret: ca}}}|ca[ca.crt]",
        "{tests: {url: 'https://db.example', authorities: {existingSecret: ca}}}|ca[ca.crt]",
        "{tls: {existingSecret: s}, tests: {authorities: {key: ''}}}|",
        "{tests: {url: 'https://db.example'}}|",
        "{}|"
      })
  void theTestPodTrustsTheAuthoritiesThatAreNamed(
      String values, @Nullable String secret, @TempDir Path copy) {
    Pod pod = Chart.SHIPPED.withHooksAsResources(copy).render(values).only(Pod.class);
    Container test = pod.getSpec().getContainers().getFirst();

    if (secret == null) {
      assertThat(pod.getSpec().getVolumes()).isEmpty();
      assertThat(test.getVolumeMounts()).isEmpty();
      assertThat(test.getEnv()).noneMatch(variable -> variable.getName().contains("CACERT"));
    } else {
      assertThat(secrets(pod, test))
          .containsExactly(entry(variable(test, "LIGHTNING_CACERT"), secret));
    }
  }

  private static String variable(Container container, String name) {
    return Manifests.variable(container, name).getValue();
  }

  /// Which files of the variables are of which secret, and which entries of it are seen if not all are.
  private static List<Map.Entry<String, String>> secrets(Pod pod, Container container) {
    List<Map.Entry<String, String>> found = new ArrayList<>();
    for (EnvVar variable : container.getEnv()) {
      for (VolumeMount mount : container.getVolumeMounts()) {
        if (variable.getValue() != null
            && variable.getValue().startsWith(mount.getMountPath() + "/")) {
          SecretVolumeSource secret =
              pod.getSpec().getVolumes().stream()
                  .filter(volume -> volume.getName().equals(mount.getName()))
                  .map(Volume::getSecret)
                  .findFirst()
                  .orElseThrow();
          List<String> items = secret.getItems().stream().map(KeyToPath::getPath).toList();
          found.add(
              entry(variable.getValue(), secret.getSecretName() + (items.isEmpty() ? "" : items)));
        }
      }
    }
    return found;
  }

  @Test
  void theTestPodRunsTheImageOfTheDatabaseAndIsNoEndpointOfIt(@TempDir Path copy) {
    String values =
        "{service: {port: 80}, image: {repository: registry.example/db, tag: '7', pullPolicy: Always},"
            + " imagePullSecrets: [{name: registry}]}";
    Manifests rendered = Chart.SHIPPED.withHooksAsResources(copy).render(values);
    Pod pod = rendered.only(Pod.class);
    Container test = pod.getSpec().getContainers().getFirst();

    assertThat(pod.getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/component", "test")
        .containsEntry("app.kubernetes.io/instance", "demo");
    assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Never");
    assertThat(test.getImage()).isEqualTo(rendered.container().getImage());
    assertThat(test.getImagePullPolicy()).isEqualTo("Always");
    assertThat(pod.getSpec().getImagePullSecrets())
        .isEqualTo(rendered.pod().getImagePullSecrets())
        .hasSize(1);
    assertThat(Manifests.variable(test, "LIGHTNING_URL").getValue())
        .isEqualTo("http://demo-lightningdb.prod.svc:80");
    assertThat(Manifests.variable(test, "LIGHTNING_TOKEN").getValueFrom().getSecretKeyRef())
        .extracting(SecretKeySelector::getName, SecretKeySelector::getKey)
        .containsExactly("demo-lightningdb-admin", "token");
  }
}
