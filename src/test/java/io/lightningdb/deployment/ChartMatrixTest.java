package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What holds of every rendering, whatever its values are: tried with all pairs of the choices that the chart offers.
class ChartMatrixTest {

  /// Choices, of which each rendering takes one: the first is the chart's own.
  private static final List<List<String>> CHOICES =
      List.of(
          List.of(
              "{}",
              "{management: {port: 0}}",
              "{tls: {existingSecret: certs}}",
              "{tls: {existingSecret: certs}, management: {port: 0}}",
              "{tls: {existingSecret: certs, clientAuth: want}, management: {port: 9090}}",
              "{tls: {existingSecret: certs, clientAuth: need}, tests: {clientCertificate: {existingSecret: c}}}"),
          List.of(
              "{}",
              "{maintenance: {enabled: true}}",
              "{restore: {enabled: true, source: 's3://bucket/p', tokens: none, toVersion: '1'}}",
              "{restore: {enabled: true, source: /mnt/b, tokens: data/TOKENS, deadlineSeconds: 0, ttlSecondsAfterFinished: 0},"
                  + " extraVolumes: [{name: b, nfs: {server: s, path: /}}], extraVolumeMounts: [{name: b, mountPath: /mnt/b}]}"),
          List.of(
              "{}",
              "{service: {type: NodePort, nodePort: 30080, externalTrafficPolicy: Local}}",
              "{service: {type: LoadBalancer, port: 80, loadBalancerClass: e.x/lb, loadBalancerSourceRanges: ['10.0.0.0/8', '2001:db8::/32'],"
                  + " labels: {a: b}, annotations: {a: b}}}"),
          List.of(
              "{networkPolicy: {from: [{podSelector: {}}], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}}",
              "{networkPolicy: {from: [{podSelector: {}}], managementFrom: [{namespaceSelector: {}}], egress: [{}]}, management: {port: 8081}}",
              "{networkPolicy: {enabled: false}}"),
          List.of(
              "{}",
              "{persistence: {existingClaim: mine}}",
              "{persistence: {storageClass: fast, labels: {a: b}, annotations: {a: b}, selector: {matchLabels: {a: b}},"
                  + " dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: s}}}"),
          List.of(
              "{}",
              "{backups: {claim: {create: true, storageClass: slow, annotations: {a: b}}}, config: {backup: {directory: /var/lib/lightningdb-backups/db}}}",
              "{backups: {existingClaim: kept}, scratch: {enabled: true, storageClass: fast}, config: {backup: {restore-check-schedule: '0 0 4 * * *'}}}",
              "{backups: {credentials: {existingSecret: s}}, config: {backup: {directory: 's3://bucket/p', s3: {endpoint: 'https://e'}}}}"),
          List.of(
              "{}",
              "{monitoring: {apiCheck: false}, serviceMonitor: {enabled: true, tokenSecret: {name: s}}, prometheusRule: {enabled: true}}",
              "{monitoring: {apiCheck: false}, grafanaDashboard: {enabled: true}, serviceMonitor: {enabled: true, tokenSecret: {name: s}, labels: {a: b},"
                  + " relabelings: [{action: labeldrop, regex: pod}], metricRelabelings: [{sourceLabels: [__name__], regex: jvm_.*, action: drop}]}}"),
          List.of(
              "{}",
              "{ingress: {enabled: true, hosts: [{host: a.example}, {host: '*.b.example', paths: [{path: /v1, pathType: Exact}]}],"
                  + " tls: [{hosts: [a.example], secretName: s}], className: nginx, labels: {a: b}, annotations: {a: b}}}",
              "{httpRoute: {enabled: true, apiCheck: false, parentRefs: [{name: g, namespace: gateways, sectionName: https}], hostnames: [a.example],"
                  + " matches: [{path: {type: PathPrefix, value: /v1}, method: GET}], timeouts: {request: 60s},"
                  + " filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {add: [{name: x-a, value: b}]}}], labels: {a: b}, annotations: {a: b}}}"),
          List.of(
              "{}",
              "{commonLabels: {team: db, app.kubernetes.io/part-of: shop}, commonAnnotations: {a: c}, podLabels: {b: c}, podAnnotations: {a: d}, fullnameOverride: store}",
              "{sidecars: [{name: log, image: i}], initContainers: [{name: wait, image: i}], extraEnv: [{name: TZ, value: UTC}],"
                  + " extraEnvFrom: [{secretRef: {name: s}}, {prefix: X_, configMapRef: {name: c, optional: true}}],"
                  + " imagePullSecrets: [{name: s}], cursorSecret: {existingSecret: s}, serviceAccount: {create: false}}",
              "{dnsPolicy: None, dnsConfig: {nameservers: [10.0.0.10], searches: [a.b], options: [{name: ndots, value: '2'}]},"
                  + " hostAliases: [{ip: 10.0.0.7, hostnames: [store.example]}], schedulerName: x, runtimeClassName: y, priorityClassName: z,"
                  + " nodeSelector: {a: b}, tolerations: [{operator: Exists}], affinity: {podAntiAffinity: {}},"
                  + " topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}],"
                  + " updateStrategy: {type: OnDelete}, revisionHistoryLimit: 0, podDisruptionBudget: {enabled: false}}",
              "{securityContext: {runAsUser: null, runAsGroup: null, fsGroup: null, supplementalGroups: [7], fsGroupChangePolicy: Always,"
                  + " seccompProfile: {type: Localhost, localhostProfile: p.json}, seLinuxOptions: {level: s0}},"
                  + " containerSecurityContext: {runAsUser: 7, capabilities: {add: [NET_BIND_SERVICE]}},"
                  + " image: {digest: 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}}"));

  private static List<Manifests> rendered = List.of();

  @BeforeAll
  static void render(@TempDir Path copy) {
    Chart chart = Chart.SHIPPED.withHooksAsResources(copy);
    rendered = Pairs.of(CHOICES).stream().map(chart::render).toList();
  }

  @Test
  void everyResourceIsTakenByTheApiItIsFor() {
    assertThat(rendered)
        .allSatisfy(manifests ->
            assertThat(
                    manifests.typed().size()
                        + manifests.checked("ServiceMonitor")
                        + manifests.checked("PrometheusRule"))
                .isEqualTo(manifests.resources().size()));
    // Otherwise nothing of them would have been read.
    assertThat(rendered.stream().flatMap(manifests -> manifests.all(HTTPRoute.class))).isNotEmpty();
    assertThat(rendered.stream().mapToInt(manifests -> manifests.checked("ServiceMonitor")).sum())
        .isPositive();
    assertThat(rendered.stream().mapToInt(manifests -> manifests.checked("PrometheusRule")).sum())
        .isPositive();
  }

  @Test
  void noTwoResourcesHaveOneName() {
    assertThat(rendered)
        .allSatisfy(manifests ->
            assertThat(manifests.typed())
                .extracting(resource -> resource.getKind() + " " + resource.getMetadata().getName())
                .doesNotHaveDuplicates());
  }

  @Test
  void labelsAndAnnotationsOfAllResourcesAreThoseAskedFor() {
    for (Manifests manifests : rendered) {
      boolean asked = manifests.only(StatefulSet.class).getMetadata().getName().equals("store");
      for (HasMetadata resource : manifests.typed()) {
        ObjectMeta metadata = resource.getMetadata();
        assertThat(metadata.getLabels())
            .containsKeys("app.kubernetes.io/name", "app.kubernetes.io/instance", "helm.sh/chart");
        if (asked && !resource.getKind().equals("Pod")) {
          assertThat(metadata.getLabels())
              .containsEntry("team", "db")
              .containsEntry("app.kubernetes.io/part-of", "shop");
          assertThat(metadata.getAnnotations()).containsKey("a");
        }
      }
    }
  }

  @Test
  void podsHaveTheVolumesThatTheyMountAndNoOthers() {
    forEachTemplate((template, claims) -> {
      Set<String> volumes =
          Stream.concat(
                  template.getSpec().getVolumes().stream().map(Volume::getName), claims.stream())
              .collect(Collectors.toSet());
      List<VolumeMount> mounts = new ArrayList<>();
      for (Container container : template.getSpec().getContainers()) {
        assertThat(container.getVolumeMounts())
            .extracting(VolumeMount::getMountPath)
            .doesNotHaveDuplicates();
        mounts.addAll(container.getVolumeMounts());
      }
      assertThat(mounts.stream().map(VolumeMount::getName).collect(Collectors.toSet()))
          .isEqualTo(volumes);
    });
  }

  @Test
  void noVariableIsSetTwice() {
    forEachTemplate((template, claims) -> {
      for (Container container : template.getSpec().getContainers()) {
        assertThat(container.getEnv()).extracting(EnvVar::getName).doesNotHaveDuplicates();
      }
    });
  }

  @Test
  void portsAreNamedByThoseThatConnectToThem() {
    for (Manifests manifests : rendered) {
      Container database = manifests.pod().getContainers().getFirst();
      Set<String> ports =
          database.getPorts().stream().map(ContainerPort::getName).collect(Collectors.toSet());
      Stream.of(
              database.getStartupProbe(), database.getLivenessProbe(), database.getReadinessProbe())
          .filter(Objects::nonNull)
          .map(Probe::getHttpGet)
          .forEach(get -> assertThat(ports).contains(get.getPort().getStrVal()));
      for (Service service : manifests.all(Service.class).toList()) {
        assertThat(manifests.statefulSet().getTemplate().getMetadata().getLabels())
            .containsAllEntriesOf(service.getSpec().getSelector());
        for (ServicePort port : service.getSpec().getPorts()) {
          assertThat(ports).contains(port.getTargetPort().getStrVal());
        }
      }
      manifests
          .all(NetworkPolicy.class)
          .flatMap(policy -> policy.getSpec().getIngress().stream())
          .flatMap(rule -> rule.getPorts().stream())
          .forEach(port -> assertThat(ports).contains(port.getPort().getStrVal()));
    }
  }

  @Test
  void healthAndMetricsAreNeverOutsideTheCluster() {
    for (Manifests manifests : rendered) {
      assertThat(manifests.all(Service.class))
          .filteredOn(service -> !service.getSpec().getType().equals("ClusterIP"))
          .allSatisfy(service ->
              assertThat(service.getSpec().getPorts())
                  .extracting(ServicePort::getName)
                  .containsExactly("http"));
    }
  }

  private interface Check {
    void of(PodTemplateSpec template, List<String> claims);
  }

  private static void forEachTemplate(Check check) {
    for (Manifests manifests : rendered) {
      List<String> claims =
          manifests.statefulSet().getVolumeClaimTemplates().stream()
              .map(claim -> claim.getMetadata().getName())
              .toList();
      check.of(manifests.statefulSet().getTemplate(), claims);
      manifests.all(Job.class).forEach(job -> check.of(job.getSpec().getTemplate(), List.of()));
    }
  }
}
