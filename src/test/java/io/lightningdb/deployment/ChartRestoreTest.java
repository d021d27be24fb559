package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Backups in an object store, and the job that restores one.
class ChartRestoreTest {
  private static final String STORE =
      """
      config:
        backup:
          directory: s3://bucket/shop
          s3: {endpoint: 'https://store.example:9000', region: eu-central-1, path-style: true}
      backups: {credentials: {existingSecret: store}}
      networkPolicy: {egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}
      """;
  private static final Manifests RESTORING =
      Chart.SHIPPED.render(
          STORE + "restore: {enabled: true, tokens: none, toTime: '2025-06-01T12:30:00Z'}\n");
  private static final PodSpec POD = RESTORING.only(Job.class).getSpec().getTemplate().getSpec();
  private static final Container CONTAINER = POD.getContainers().getFirst();

  @Test
  void thePodOfTheDatabaseGetsTheCredentialsAndTheConfigMapDoesNot() {
    Manifests running = Chart.SHIPPED.render(STORE);

    assertCredentials(running.container());
    assertThat(running.applicationYaml().at("/lightning/backup/directory").asString())
        .isEqualTo("s3://bucket/shop");
    assertThat(running.applicationYaml().toString()).doesNotContain("secret");
    assertThat(running.all(Job.class)).isEmpty();
    assertThat(running.statefulSet().getReplicas()).isEqualTo(1);
    assertThat(Chart.SHIPPED.render("").container().getEnv())
        .extracting(EnvVar::getName)
        .noneMatch(name -> name.startsWith("AWS_"));
  }

  private static void assertCredentials(Container container) {
    for (String[] pair :
        new String[][] {
          {"AWS_ACCESS_KEY_ID", "access-key-id"}, {"AWS_SECRET_ACCESS_KEY", "secret-access-key"}
        }) {
      var reference = Manifests.variable(container, pair[0]).getValueFrom().getSecretKeyRef();
      assertThat(reference.getName()).isEqualTo("store");
      assertThat(reference.getKey()).isEqualTo(pair[1]);
    }
  }

  @Test
  void theJobRestoresIntoTheVolumeOfTheDatabaseWhichIsStopped() {
    StatefulSet set = RESTORING.only(StatefulSet.class);

    assertThat(set.getSpec().getReplicas()).isZero();
    assertThat(CONTAINER.getCommand())
        .containsExactly(
            "java",
            "-jar",
            "lightningdb.jar",
            "restore",
            "--to-time=2025-06-01T12:30:00Z",
            "s3://bucket/shop",
            RESTORING.applicationYaml().at("/lightning/data-directory").asString());
    assertThat(POD.getVolumes())
        .filteredOn(volume -> volume.getName().equals("data"))
        .singleElement()
        .satisfies(volume ->
            assertThat(volume.getPersistentVolumeClaim().getClaimName())
                .isEqualTo("data-" + set.getMetadata().getName() + "-0"));
    assertThat(CONTAINER.getVolumeMounts())
        .extracting(VolumeMount::getMountPath)
        .containsExactlyInAnyOrder("/var/lib/lightningdb", "/tmp");
    assertThat(RESTORING.only(Job.class).getSpec().getBackoffLimit()).isZero();
    assertThat(POD.getRestartPolicy()).isEqualTo("Never");
  }

  @Test
  void theJobReachesTheStoreAsTheDatabaseDoes() {
    assertCredentials(CONTAINER);
    assertThat(Manifests.variable(CONTAINER, "LIGHTNING_BACKUP_S3_ENDPOINT").getValue())
        .isEqualTo("https://store.example:9000");
    assertThat(Manifests.variable(CONTAINER, "LIGHTNING_BACKUP_S3_REGION").getValue())
        .isEqualTo("eu-central-1");
    assertThat(Manifests.variable(CONTAINER, "LIGHTNING_BACKUP_S3_PATHSTYLE").getValue())
        .isEqualTo("true");
    NetworkPolicy policy = RESTORING.named(NetworkPolicy.class, "demo-lightningdb-restore");
    assertThat(policy.getSpec().getIngress()).isEmpty();
    assertThat(policy.getSpec().getEgress())
        .isEqualTo(RESTORING.named(NetworkPolicy.class, "demo-lightningdb").getSpec().getEgress())
        .hasSize(1);
    assertThat(RESTORING.only(Job.class).getSpec().getTemplate().getMetadata().getLabels())
        .containsAllEntriesOf(policy.getSpec().getPodSelector().getMatchLabels());
  }

  @Test
  void theJobHasNoMoreRightsThanTheDatabase() {
    PodSpec database = RESTORING.pod();

    assertThat(POD.getSecurityContext()).isEqualTo(database.getSecurityContext());
    assertThat(CONTAINER.getSecurityContext())
        .isEqualTo(database.getContainers().getFirst().getSecurityContext());
    assertThat(POD.getAutomountServiceAccountToken()).isFalse();
    assertThat(POD.getServiceAccountName()).isEqualTo(database.getServiceAccountName());
    // No client service, and no budget, takes it for the database.
    assertThat(RESTORING.only(Job.class).getSpec().getTemplate().getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/component", "restore");
  }

  @Test
  void aBackupAVersionAnotherClaimAndADirectoryCanBeNamed() {
    PodSpec pod =
        Chart.SHIPPED
            .render(
                """
                backups: {existingClaim: kept}
                restore:
                  enabled: true
                  source: /var/lib/lightningdb-backups/shop
                  backup: 20250601t120000z-9f3ab0c4
                  toVersion: '4711'
                  tokens: data-before/TOKENS
                  targetClaim: elsewhere
                """)
            .only(Job.class)
            .getSpec()
            .getTemplate()
            .getSpec();
    Container container = pod.getContainers().getFirst();

    assertThat(container.getCommand())
        .containsSubsequence(
            List.of(
                "restore",
                "--backup=20250601t120000z-9f3ab0c4",
                "--to-version=4711",
                "--tokens=/var/lib/lightningdb/data-before/TOKENS",
                "/var/lib/lightningdb-backups/shop"));
    assertThat(container.getVolumeMounts())
        .filteredOn(mount -> mount.getName().equals("backups"))
        .singleElement()
        .satisfies(mount -> {
          assertThat(mount.getMountPath()).isEqualTo("/var/lib/lightningdb-backups");
          assertThat(mount.getReadOnly()).isTrue();
        });
    assertThat(pod.getVolumes())
        .filteredOn(volume -> volume.getPersistentVolumeClaim() != null)
        .extracting(volume -> volume.getPersistentVolumeClaim().getClaimName())
        .containsExactlyInAnyOrder("elsewhere", "kept");
  }

  @Test
  void anotherRestoreIsAnotherJobWhoseNameFits() {
    String longest = "a-release-name-of-53-characters-the-longest-that-helm";
    String one = jobName(longest, "1");
    String two = jobName(longest, "2");

    assertThat(one).isNotEqualTo(two).matches("[a-z][-a-z0-9]{0,61}[a-z0-9]");
    assertThat(one).isEqualTo(jobName(longest, "1"));
  }

  @Test
  void whatChangesThePodIsAnotherJobAndTheRestIsTheSameOne() {
    String restoring =
        "networkPolicy: {enabled: false}\nrestore: {enabled: true, tokens: none, source: 's3://bucket'%s}\n";
    String one = restoring.formatted("");

    assertThat(name(restoring.formatted(", deadlineSeconds: 60, ttlSecondsAfterFinished: 60")))
        .isEqualTo(name(one));
    assertThat(
            List.of(
                "persistence: {directory: data-2}", "image: {tag: '7'}", "extraEnv: [{name: A}]"))
        .allSatisfy(other -> assertThat(name(one + other)).isNotEqualTo(name(one)));
  }

  private static String name(String values) {
    return Chart.SHIPPED.render(values).only(Job.class).getMetadata().getName();
  }

  @Test
  void theJobEndsGoesAndIsPlacedAsTheDatabaseIs() {
    String placed =
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]\n"
            + "priorityClassName: high\nextraVolumes: [{name: ca, secret: {secretName: s}}]\n"
            + "extraVolumeMounts: [{name: ca, mountPath: /etc/ca, readOnly: true}]\n"
            + "extraEnvFrom: [{secretRef: {name: s}}]\n";
    Manifests manifests =
        Chart.SHIPPED.render(STORE + placed + "restore: {enabled: true, tokens: none}\n");
    Job job = manifests.only(Job.class);
    PodSpec pod = job.getSpec().getTemplate().getSpec();

    assertThat(job.getSpec().getActiveDeadlineSeconds()).isEqualTo(86_400);
    assertThat(job.getSpec().getTtlSecondsAfterFinished()).isEqualTo(604_800);
    assertThat(pod.getTopologySpreadConstraints())
        .hasSize(1)
        .isEqualTo(manifests.pod().getTopologySpreadConstraints());
    assertThat(pod.getPriorityClassName()).isEqualTo("high");
    assertThat(pod.getContainers().getFirst().getVolumeMounts()).contains(manifests.mount("ca"));
    assertThat(pod.getContainers().getFirst().getEnvFrom())
        .hasSize(1)
        .isEqualTo(manifests.container().getEnvFrom());
  }

  private static String jobName(String release, String version) {
    return Chart.SHIPPED
        .render(
            "{networkPolicy: {enabled: false}, restore: {enabled: true, tokens: none, source: 's3://bucket', toVersion: '"
                + version
                + "'}}",
            release,
            "1.34.0")
        .only(Job.class)
        .getMetadata()
        .getName();
  }
}
