package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
    Pod test = Chart.SHIPPED.withHooksAsResources(copy).render(values).only(Pod.class);
    Container curl = test.getSpec().getContainers().getFirst();

    assertThat(Manifests.variable(curl, "TOKEN").getValueFrom().getSecretKeyRef().getName())
        .isEqualTo("writer");
    assertThat(Manifests.variable(curl, "CLIENT_CERTIFICATE").getValue())
        .isEqualTo(curl.getVolumeMounts().getFirst().getMountPath());
    assertThat(test.getSpec().getVolumes())
        .extracting(volume -> volume.getSecret().getSecretName())
        .containsExactly("tester");
  }

  @Test
  void theTestPodChecksThroughTheServiceAndIsNoEndpointOfIt(@TempDir Path copy) throws IOException {
    Pod test =
        Chart.SHIPPED.withHooksAsResources(copy).render("service: {port: 80}").only(Pod.class);
    Container curl = test.getSpec().getContainers().getFirst();

    assertThat(test.getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/component", "test")
        .containsEntry("app.kubernetes.io/instance", "demo");
    assertThat(test.getSpec().getRestartPolicy()).isEqualTo("Never");
    assertThat(Manifests.variable(curl, "BASE_URL").getValue())
        .isEqualTo("http://demo-lightningdb.prod.svc:80");
    assertThat(curl.getCommand().getLast().strip())
        .isEqualTo(
            Files.readString(
                    Chart.SHIPPED.directory().resolve("files/write-read-conditional-write.sh"))
                .strip());
  }
}
