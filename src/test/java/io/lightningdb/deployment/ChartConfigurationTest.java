package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// How values become the settings that the server reads.
class ChartConfigurationTest {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Manifests DEFAULTS = Chart.SHIPPED.render("");
  private static final PodSpec POD = DEFAULTS.pod();
  private static final Container CONTAINER = DEFAULTS.container();

  @Test
  void theServerReadsTheRenderedConfiguration() {
    assertThat(Manifests.variable(CONTAINER, "SPRING_CONFIG_ADDITIONAL_LOCATION").getValue())
        .isEqualTo("file:" + DEFAULTS.mount("config").getMountPath() + "/");
    assertThat(POD.getVolumes())
        .filteredOn(volume -> volume.getName().equals("config"))
        .singleElement()
        .satisfies(volume ->
            assertThat(volume.getConfigMap().getName())
                .isEqualTo(DEFAULTS.only(ConfigMap.class).getMetadata().getName()));
    assertThat(DEFAULTS.applicationYaml())
        .isEqualTo(
            YAML.readTree(
                """
                server: {address: 0.0.0.0, port: 8080}
                management: {server: {address: 0.0.0.0, port: 8081, ssl: {enabled: false}}}
                lightning: {data-directory: /var/lib/lightningdb/data}
                """));
  }

  @Test
  void settingsOfTheDatabaseAndOfSpringAreMergedWithThoseOfTheChart() {
    Manifests rendered =
        Chart.SHIPPED.render(
            """
            config: {preset: time-series, limits: {page-entries-max: 2000000, wait-for-version-max: 2s}, log: {segment-bytes: 16MB}}
            extraConfig: {server: {tomcat: {threads: {max: 20}}}, logging: {level: {io.lightningdb: DEBUG}}}
            """);

    assertThat(rendered.applicationYaml())
        .isEqualTo(
            YAML.readTree(
                """
                server: {address: 0.0.0.0, port: 8080, tomcat: {threads: {max: 20}}}
                management: {server: {address: 0.0.0.0, port: 8081, ssl: {enabled: false}}}
                logging: {level: {io.lightningdb: DEBUG}}
                lightning:
                  data-directory: /var/lib/lightningdb/data
                  preset: time-series
                  limits: {page-entries-max: 2000000, wait-for-version-max: 2s}
                  log: {segment-bytes: 16MB}
                """));
  }

  @Test
  void aChangedConfigurationRestartsThePodAndNothingElseDoes() {
    String config = "config: {limits: {keyspaces-max: 7}}";

    assertThat(checksum(Chart.SHIPPED.render(config)))
        .matches("[0-9a-f]{64}")
        .isNotEqualTo(checksum(DEFAULTS))
        .isEqualTo(
            checksum(Chart.SHIPPED.render(config + "\npodDisruptionBudget: {enabled: false}")));
  }

  @Test
  void theCursorSecretComesFromASecretAndIsNeverRendered() {
    Container withSecret =
        Chart.SHIPPED
            .render("cursorSecret: {existingSecret: cursors, key: signing-key}")
            .container();

    assertThat(
            Manifests.variable(withSecret, "LIGHTNING_CURSORSECRET")
                .getValueFrom()
                .getSecretKeyRef())
        .satisfies(reference -> {
          assertThat(reference.getName()).isEqualTo("cursors");
          assertThat(reference.getKey()).isEqualTo("signing-key");
        });
    assertThat(CONTAINER.getEnv())
        .noneMatch(variable -> variable.getName().equals("LIGHTNING_CURSORSECRET"));
  }

  @Test
  void theServerIsGivenTheHashOfTheAdminTokenAndNeverTheToken() {
    SecretKeySelector hash =
        Manifests.variable(CONTAINER, "LIGHTNING_SECURITY_ADMINTOKENHASH")
            .getValueFrom()
            .getSecretKeyRef();
    Container named =
        Chart.SHIPPED.render("adminToken: {existingSecret: own, hashKey: sha256}").container();

    assertThat(hash.getName()).isEqualTo("demo-lightningdb-admin");
    assertThat(hash.getKey()).isEqualTo("hash");
    assertThat(
            Manifests.variable(named, "LIGHTNING_SECURITY_ADMINTOKENHASH")
                .getValueFrom()
                .getSecretKeyRef())
        .satisfies(reference -> {
          assertThat(reference.getName()).isEqualTo("own");
          assertThat(reference.getKey()).isEqualTo("sha256");
        });
    assertThat(CONTAINER.getEnv())
        .filteredOn(variable ->
            variable.getValueFrom() != null
                && variable.getValueFrom().getSecretKeyRef().getKey().equals("token"))
        .isEmpty();
  }

  @Test
  void certificatesAreMountedAndReadAgainWhenTheyChange() {
    Manifests rendered =
        Chart.SHIPPED.render(
            "{tls: {existingSecret: certs, clientAuth: need}, management: {port: 9090}}");

    assertThat(rendered.applicationYaml().at("/server/ssl"))
        .isEqualTo(YAML.readTree("{bundle: server, client-auth: need}"));
    assertThat(rendered.applicationYaml().at("/spring/ssl/bundle/pem/server"))
        .isEqualTo(
            YAML.readTree(
                """
                reload-on-update: true
                keystore:
                  certificate: /etc/lightningdb-tls/tls.crt
                  private-key: /etc/lightningdb-tls/tls.key
                truststore: {certificate: /etc/lightningdb-tls/ca.crt}
                """));
    assertThat(rendered.mount("tls").getMountPath()).isEqualTo("/etc/lightningdb-tls");
    assertThat(rendered.mount("tls").getSubPath()).as("a sub path is never updated").isNull();
  }

  @Test
  void probesGoToThePortOfTheManagementWhereThereIsOne() {
    Container apart = Chart.SHIPPED.render("").container();
    Container secured =
        Chart.SHIPPED.render("{tls: {existingSecret: certs}, management: {port: 0}}").container();

    assertThat(
            List.of(apart.getStartupProbe(), apart.getLivenessProbe(), apart.getReadinessProbe()))
        .allSatisfy(probe -> {
          assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("management");
          assertThat(probe.getHttpGet().getScheme()).isEqualTo("HTTP");
        });
    assertThat(secured.getReadinessProbe().getHttpGet().getPort().getStrVal()).isEqualTo("http");
    assertThat(secured.getReadinessProbe().getHttpGet().getScheme()).isEqualTo("HTTPS");
  }

  @Test
  void serviceNamesOfTheClusterNeverBecomeSettings() {
    assertThat(POD.getEnableServiceLinks()).isFalse();
  }

  private static String checksum(Manifests manifests) {
    return Objects.requireNonNull(
        manifests
            .statefulSet()
            .getTemplate()
            .getMetadata()
            .getAnnotations()
            .get("checksum/config"));
  }
}
