package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// One pod with one volume: its life, its rights, its memory.
class ChartPodTest {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Manifests DEFAULTS = Chart.SHIPPED.render("");
  private static final StatefulSetSpec SET = DEFAULTS.statefulSet();
  private static final PodSpec POD = DEFAULTS.pod();
  private static final Container CONTAINER = DEFAULTS.container();

  @Test
  void onePodWritesOneVolumeWhichOutlivesIt() {
    assertThat(SET.getReplicas()).isEqualTo(1);
    assertThat(SET.getVolumeClaimTemplates()).hasSize(1);
    PersistentVolumeClaim claim = SET.getVolumeClaimTemplates().getFirst();
    assertThat(claim.getSpec().getAccessModes()).containsExactly("ReadWriteOnce");
    assertThat(claim.getSpec().getResources().getRequests())
        .containsEntry("storage", new Quantity("10Gi"));
    assertThat(claim.getSpec().getStorageClassName()).isNull();
    assertThat(SET.getPersistentVolumeClaimRetentionPolicy().getWhenDeleted()).isEqualTo("Retain");
    assertThat(SET.getPersistentVolumeClaimRetentionPolicy().getWhenScaled()).isEqualTo("Retain");
  }

  @Test
  void backupsHaveAVolumeOfTheirOwn() {
    Manifests manifests = Chart.SHIPPED.render("{backups: {existingClaim: kept}}");

    assertThat(manifests.mount("backups").getMountPath()).isEqualTo("/var/lib/lightningdb-backups");
    assertThat(manifests.pod().getVolumes())
        .filteredOn(volume -> volume.getName().equals("backups"))
        .singleElement()
        .satisfies(volume ->
            assertThat(volume.getPersistentVolumeClaim().getClaimName()).isEqualTo("kept"));
    assertThat(POD.getVolumes()).noneMatch(volume -> volume.getName().equals("backups"));
  }

  @Test
  void aClaimOfTheChartForBackupsIsKept() {
    Manifests manifests = Chart.SHIPPED.render("{backups: {claim: {create: true, size: 30Gi}}}");
    PersistentVolumeClaim claim = manifests.only(PersistentVolumeClaim.class);

    assertThat(claim.getMetadata().getAnnotations())
        .containsEntry("helm.sh/resource-policy", "keep");
    assertThat(claim.getSpec().getResources().getRequests())
        .containsEntry("storage", new Quantity("30Gi"));
    assertThat(manifests.mount("backups").getMountPath()).isEqualTo("/var/lib/lightningdb-backups");
    assertThat(manifests.pod().getVolumes())
        .filteredOn(volume -> volume.getName().equals("backups"))
        .extracting(volume -> volume.getPersistentVolumeClaim().getClaimName())
        .containsExactly(claim.getMetadata().getName());
  }

  @Test
  void restoresAreCheckedOnAVolumeThatGoesWithThePod() {
    Manifests manifests = Chart.SHIPPED.render("{scratch: {enabled: true, size: 30Gi}}");

    assertThat(manifests.applicationYaml().at("/lightning/backup/scratch-directory").asString())
        .isEqualTo(manifests.mount("scratch").getMountPath());
    assertThat(manifests.pod().getVolumes())
        .filteredOn(volume -> volume.getName().equals("scratch"))
        .singleElement()
        .satisfies(volume ->
            assertThat(
                    volume
                        .getEphemeral()
                        .getVolumeClaimTemplate()
                        .getSpec()
                        .getResources()
                        .getRequests())
                .containsEntry("storage", new Quantity("30Gi")));
  }

  @Test
  void anExistingClaimTakesThePlaceOfTheCharts() {
    Manifests manifests = Chart.SHIPPED.render("{persistence: {existingClaim: mine}}");

    assertThat(manifests.statefulSet().getVolumeClaimTemplates()).isEmpty();
    assertThat(manifests.pod().getVolumes())
        .filteredOn(volume -> volume.getName().equals("data"))
        .extracting(volume -> volume.getPersistentVolumeClaim().getClaimName())
        .containsExactly("mine");
  }

  @Test
  void whatSelectsTakesNoLabelsOfOnesOwn() {
    StatefulSetSpec set =
        Chart.SHIPPED.render("{commonLabels: {team: db}, podLabels: {tier: store}}").statefulSet();

    assertThat(set.getTemplate().getMetadata().getLabels())
        .containsEntry("team", "db")
        .containsEntry("tier", "store");
    assertThat(set.getSelector().getMatchLabels()).isEqualTo(Chart.SELECTOR);
    assertThat(set.getVolumeClaimTemplates().getFirst().getMetadata().getLabels())
        .isEqualTo(Chart.SELECTOR);
  }

  @Test
  void theDataDirectoryIsBelowTheRootOfTheVolume() {
    String directory = DEFAULTS.applicationYaml().at("/lightning/data-directory").asString();

    assertThat(Path.of(directory).getParent())
        .isEqualTo(Path.of(DEFAULTS.mount("data").getMountPath()));
    assertThat(SET.getVolumeClaimTemplates().getFirst().getMetadata().getName()).isEqualTo("data");
    assertThat(DEFAULTS.mount("data").getReadOnly()).isNotEqualTo(true);
    assertThat(DEFAULTS.mount("data").getSubPath()).isNull();
  }

  @Test
  void whatKubernetesNeverLetsChangeHoldsNoVersion() {
    assertThat(SET.getSelector().getMatchLabels()).isEqualTo(Chart.SELECTOR);
    assertThat(SET.getServiceName()).isEqualTo("demo-lightningdb-headless");
    assertThat(SET.getPodManagementPolicy()).isEqualTo("Parallel");
    assertThat(SET.getVolumeClaimTemplates().getFirst().getMetadata().getLabels())
        .isEqualTo(Chart.SELECTOR);
    assertThat(SET.getVolumeClaimTemplates().getFirst().getMetadata().getAnnotations())
        .isNullOrEmpty();
  }

  @Test
  void startupIsGivenTimeToRecoverAndLivenessAsksTheProcessOnly() {
    Probe startup = CONTAINER.getStartupProbe();
    assertThat(startup.getHttpGet().getPath()).isEqualTo("/actuator/health/liveness");
    assertThat(
            Duration.ofSeconds((long) startup.getFailureThreshold() * startup.getPeriodSeconds()))
        .isEqualTo(Duration.ofMinutes(30));
    assertThat(CONTAINER.getLivenessProbe().getHttpGet().getPath())
        .isEqualTo("/actuator/health/liveness");
    assertThat(CONTAINER.getReadinessProbe().getHttpGet().getPath())
        .isEqualTo("/actuator/health/readiness");
    assertThat(List.of(startup, CONTAINER.getLivenessProbe(), CONTAINER.getReadinessProbe()))
        .allSatisfy(
            probe -> assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("management"));
    assertThat(CONTAINER.getPorts())
        .extracting(port -> port.getName() + " " + port.getContainerPort())
        .containsExactlyInAnyOrder(
            "http " + DEFAULTS.applicationYaml().at("/server/port").asInt(),
            "management " + DEFAULTS.applicationYaml().at("/management/server/port").asInt());
  }

  @Test
  void aStopLeavesTimeToDrainAndToFlush() throws IOException {
    String drain =
        YAML.readTree(Files.readString(Path.of("config", "application.yaml")))
            .at("/spring/lifecycle/timeout-per-shutdown-phase")
            .asString();
    long beforeFlush =
        CONTAINER.getLifecycle().getPreStop().getSleep().getSeconds()
            + DurationStyle.detectAndParse(drain).toSeconds();

    assertThat(POD.getTerminationGracePeriodSeconds()).isGreaterThanOrEqualTo(beforeFlush + 60);
  }

  @Test
  void thePodMayDoNothingItNeedNot() {
    PodSecurityContext ofPod = POD.getSecurityContext();
    assertThat(ofPod.getRunAsNonRoot()).isTrue();
    assertThat(ofPod.getRunAsUser()).isPositive();
    assertThat(ofPod.getRunAsGroup()).isPositive();
    assertThat(ofPod.getFsGroup()).isPositive();
    assertThat(ofPod.getFsGroupChangePolicy()).isEqualTo("OnRootMismatch");
    assertThat(ofPod.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertLockedDown(CONTAINER.getSecurityContext());
    assertThat(POD.getAutomountServiceAccountToken()).isFalse();
    assertThat(POD.getServiceAccountName()).isEqualTo("demo-lightningdb");
    assertThat(DEFAULTS.only(ServiceAccount.class).getAutomountServiceAccountToken()).isFalse();
  }

  @Test
  void neitherMayTheTestPod(@TempDir Path copy) {
    PodSpec test = Chart.SHIPPED.withHooksAsResources(copy).render("").only(Pod.class).getSpec();

    assertThat(test.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(test.getSecurityContext().getRunAsUser()).isPositive();
    assertThat(test.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(test.getAutomountServiceAccountToken()).isFalse();
    assertThat(test.getContainers())
        .singleElement()
        .satisfies(smokeTest -> assertLockedDown(smokeTest.getSecurityContext()));
  }

  @Test
  void onlyTheVolumeAndTmpAreWritable() {
    assertThat(CONTAINER.getVolumeMounts())
        .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
        .extracting(VolumeMount::getMountPath)
        .containsExactlyInAnyOrder("/var/lib/lightningdb", "/tmp");
    assertThat(POD.getVolumes())
        .filteredOn(volume -> volume.getName().equals("tmp"))
        .singleElement()
        .satisfies(
            tmp -> assertThat(tmp.getEmptyDir().getSizeLimit()).isEqualTo(new Quantity("256Mi")));
  }

  @Test
  void clusterIdsCanBeLeftToTheCluster() {
    PodSecurityContext context =
        Chart.SHIPPED
            .render("securityContext: {runAsUser: null, runAsGroup: null, fsGroup: null}")
            .pod()
            .getSecurityContext();

    assertThat(context.getRunAsUser()).isNull();
    assertThat(context.getRunAsGroup()).isNull();
    assertThat(context.getFsGroup()).isNull();
    assertThat(context.getRunAsNonRoot()).isTrue();
  }

  @Test
  void memoryIsReservedWholeAndTheHeapIsAShareOfIt() {
    assertThat(CONTAINER.getResources().getRequests().get("memory"))
        .isEqualTo(CONTAINER.getResources().getLimits().get("memory"))
        .isEqualTo(new Quantity("2Gi"));
    assertThat(Manifests.variable(CONTAINER, "JAVA_TOOL_OPTIONS").getValue())
        .isEqualTo("-XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError");
  }

  @Test
  void maintenanceStartsNoDatabaseAndIsNeverReady() {
    Manifests rendered = Chart.SHIPPED.render("maintenance: {enabled: true}");
    Container idle = rendered.container();

    assertThat(CONTAINER.getCommand()).as("serving is what the image does by itself").isEmpty();
    assertThat(idle.getCommand()).startsWith("java").endsWith("-jar", "lightningdb.jar", "wait");
    assertThat(idle.getStartupProbe()).isNull();
    assertThat(idle.getLivenessProbe()).isNull();
    assertThat(idle.getReadinessProbe()).isEqualTo(CONTAINER.getReadinessProbe());
    assertThat(idle.getVolumeMounts()).isEqualTo(CONTAINER.getVolumeMounts());
  }

  @Test
  void noContainerOfTheImageNeedsAShell(@TempDir Path copy) {
    Chart chart = Chart.SHIPPED.withHooksAsResources(copy);
    for (String values :
        List.of(
            "{}",
            "maintenance: {enabled: true}",
            "{restore: {enabled: true, tokens: none}, config: {backup: {directory: 's3://bucket/p'}}, networkPolicy: {enabled: false}}")) {
      List<Container> containers = chart.render(values).containersOfTheImage();
      assertThat(containers).as("the test's among them").anyMatch(ChartPodTest::isSmokeTest);
      for (Container container : containers) {
        List<String> words = new ArrayList<>(container.getCommand());
        words.addAll(container.getArgs());
        assertThat(words)
            .as(values)
            .doesNotContain("sh", "bash", "/bin/sh", "/bin/bash", "-c", "sleep", "cp", "mv", "env");
        if (!words.isEmpty()) {
          assertThat(words).startsWith("java").contains("-jar", "lightningdb.jar");
        }
        if (container.getLifecycle() != null) {
          assertThat(container.getLifecycle().getPreStop().getExec()).isNull();
        }
        for (Probe probe :
            new Probe[] {
              container.getStartupProbe(),
              container.getLivenessProbe(),
              container.getReadinessProbe()
            }) {
          assertThat(probe == null ? null : probe.getExec()).isNull();
        }
      }
    }
  }

  private static boolean isSmokeTest(Container container) {
    return container.getCommand().contains("smoke-test");
  }

  private static void assertLockedDown(SecurityContext context) {
    assertThat(context.getReadOnlyRootFilesystem()).isTrue();
    assertThat(context.getAllowPrivilegeEscalation()).isFalse();
    assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(context.getCapabilities().getAdd()).isEmpty();
    assertThat(context.getPrivileged()).isNotEqualTo(true);
  }
}
