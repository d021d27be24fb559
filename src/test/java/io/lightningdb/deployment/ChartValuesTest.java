package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// `values.yaml`, its schema, its table in the chart's README and the templates tell the same story.
class ChartValuesTest {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final JsonMapper JSON = new JsonMapper();

  /// Another value for each, all of which a chart can have.
  private static final String OTHERS =
      """
      nameOverride: store
      fullnameOverride: store
      commonLabels: {team: db}
      commonAnnotations: {a: b}
      image.repository: registry.example/lightningdb
      image.tag: "7"
      image.digest: sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      image.pullPolicy: Always
      imagePullSecrets: [{name: registry}]
      config: {limits: {keyspaces-max: 7}}
      extraConfig: {logging: {level: {root: DEBUG}}}
      cursorSecret.existingSecret: s
      cursorSecret.key: other
      adminToken.existingSecret: s
      adminToken.tokenKey: other
      adminToken.hashKey: other
      tls.existingSecret: s
      tls.clientAuth: want
      management.port: 9090
      java.maxRamPercentage: 40
      java.options: -XX:+UseSerialGC
      resources.requests.cpu: "2"
      extraEnv: [{name: TZ, value: UTC}]
      extraEnvFrom: [{secretRef: {name: s}}]
      extraVolumes: [{name: ca, secret: {secretName: s}}]
      extraVolumeMounts: [{name: ca, mountPath: /etc/ca}]
      initContainers: [{name: before, image: i}]
      sidecars: [{name: beside, image: i}]
      persistence.existingClaim: mine
      persistence.size: 20Gi
      persistence.directory: data-2
      persistence.storageClass: fast
      persistence.accessMode: ReadWriteOncePod
      persistence.annotations: {a: b}
      persistence.labels: {a: b}
      persistence.selector: {matchLabels: {a: b}}
      persistence.dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: s}
      persistence.retention.whenDeleted: Delete
      persistence.retention.whenScaled: Delete
      backups.existingClaim: backups
      backups.claim.create: true
      backups.claim.size: 30Gi
      backups.claim.storageClass: slow
      backups.claim.accessMode: ReadWriteMany
      backups.claim.annotations: {a: b}
      backups.credentials.existingSecret: s
      backups.credentials.accessKeyIdKey: other
      backups.credentials.secretAccessKeyKey: other
      restore.enabled: true
      restore.source: s3://bucket/other
      restore.backup: 20250601t120000z-9f3ab0c4
      restore.toVersion: "4711"
      restore.toTime: "2025-06-01T12:30:00Z"
      restore.tokens: other/TOKENS
      restore.targetClaim: other
      restore.deadlineSeconds: 60
      restore.ttlSecondsAfterFinished: 60
      scratch.enabled: true
      scratch.size: 20Gi
      scratch.storageClass: fast
      tmp.sizeLimit: 1Gi
      service.type: LoadBalancer
      service.port: 80
      service.nodePort: 30080
      service.loadBalancerSourceRanges: [10.0.0.0/8]
      service.loadBalancerClass: example.com/internal
      service.externalTrafficPolicy: Local
      service.annotations: {a: b}
      service.labels: {a: b}
      ingress.enabled: true
      ingress.className: nginx
      ingress.annotations: {a: b}
      ingress.labels: {a: b}
      ingress.hosts: [{host: db.example}]
      ingress.tls: [{hosts: [db.example], secretName: s}]
      httpRoute.enabled: true
      httpRoute.annotations: {a: b}
      httpRoute.labels: {a: b}
      httpRoute.parentRefs: [{name: other}]
      httpRoute.hostnames: [db.example]
      httpRoute.matches: [{path: {type: PathPrefix, value: /v1}}]
      httpRoute.filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [x-internal]}}]
      httpRoute.timeouts: {request: 60s}
      serviceAccount.create: false
      serviceAccount.name: other
      serviceAccount.annotations: {a: b}
      startupProbe.periodSeconds: 7
      startupProbe.timeoutSeconds: 7
      startupProbe.failureThreshold: 7
      livenessProbe.periodSeconds: 7
      livenessProbe.timeoutSeconds: 7
      livenessProbe.failureThreshold: 7
      readinessProbe.group: reads
      readinessProbe.periodSeconds: 7
      readinessProbe.timeoutSeconds: 7
      readinessProbe.failureThreshold: 7
      updateStrategy: {type: OnDelete}
      revisionHistoryLimit: 3
      terminationGracePeriodSeconds: 300
      preStopSleepSeconds: 7
      maintenance.enabled: true
      maintenance.command: [sleep, infinity]
      podDisruptionBudget.enabled: false
      podDisruptionBudget.maxUnavailable: 0
      podAnnotations: {a: b}
      podLabels: {a: b}
      nodeSelector: {disk: nvme}
      tolerations: [{key: db, operator: Exists}]
      affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}
      topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
      priorityClassName: high
      schedulerName: other
      runtimeClassName: gvisor
      dnsPolicy: None
      dnsConfig: {nameservers: [10.0.0.10]}
      hostAliases: [{ip: 10.0.0.7, hostnames: [store.example]}]
      securityContext.runAsUser: 7
      securityContext.runAsGroup: 7
      securityContext.fsGroup: 7
      securityContext.fsGroupChangePolicy: Always
      securityContext.supplementalGroups: [7]
      securityContext.seccompProfile: {type: Localhost, localhostProfile: db.json}
      securityContext.seLinuxOptions: {level: s0}
      containerSecurityContext: {runAsUser: 7}
      networkPolicy.enabled: false
      networkPolicy.from: [{ipBlock: {cidr: 10.0.0.0/8}}]
      networkPolicy.managementFrom: [{ipBlock: {cidr: 10.0.0.0/8}}]
      networkPolicy.egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]
      serviceMonitor.enabled: false
      serviceMonitor.interval: 15s
      serviceMonitor.scrapeTimeout: 5s
      serviceMonitor.labels: {a: b}
      serviceMonitor.relabelings: [{action: labeldrop, regex: pod}]
      serviceMonitor.metricRelabelings: [{action: drop, sourceLabels: [__name__], regex: jvm_.*}]
      serviceMonitor.tokenSecret.name: other
      serviceMonitor.tokenSecret.key: other
      grafanaDashboard.enabled: false
      grafanaDashboard.labels: {a: b}
      prometheusRule.enabled: false
      prometheusRule.labels: {a: b}
      prometheusRule.diskFreeBytesMin: 7
      prometheusRule.backupAgeSecondsMax: 7
      prometheusRule.backupVerificationAgeSecondsMax: 7
      prometheusRule.scrubAgeSecondsMax: 7
      prometheusRule.snapshotAgeSecondsMax: 7
      prometheusRule.refusedPerSecondMax: 7
      prometheusRule.runbookBaseUrl: https://wiki.example/runbooks
      tests.url: http://db.example
      tests.tokenSecret.name: other
      tests.tokenSecret.key: other
      tests.authorities.existingSecret: other
      tests.authorities.key: tls.crt
      tests.clientCertificate.existingSecret: s
      """;

  private static final String OUTSIDE = "{networkPolicy: {from: [{podSelector: {}}]}}";

  /// What values need beside them to matter, by the beginning of their names.
  private static final Map<String, String> ALONGSIDE =
      Map.ofEntries(
          Map.entry("cursorSecret.key", "{cursorSecret: {existingSecret: s}}"),
          Map.entry("maintenance.command", "{maintenance: {enabled: true}}"),
          Map.entry("tls.clientAuth", "{tls: {existingSecret: s}}"),
          Map.entry("backups.claim.", "{backups: {claim: {create: true}}}"),
          Map.entry("backups.claim.create", "{}"),
          Map.entry("backups.credentials.existingSecret", "{}"),
          Map.entry("backups.credentials.", "{backups: {credentials: {existingSecret: s}}}"),
          Map.entry(
              "restore.",
              "{restore: {enabled: true, source: 's3://bucket/p', tokens: none}, networkPolicy: {enabled: false}}"),
          Map.entry(
              "restore.enabled",
              "{restore: {tokens: none}, config: {backup: {directory: 's3://bucket/p'}}, networkPolicy: {enabled: false}}"),
          Map.entry("extraVolumeMounts", "{extraVolumes: [{name: ca, secret: {secretName: s}}]}"),
          Map.entry("scratch.", "{scratch: {enabled: true}}"),
          Map.entry("scratch.enabled", "{}"),
          Map.entry(
              "serviceMonitor.",
              "{monitoring: {apiCheck: false}, serviceMonitor: {enabled: true, tokenSecret: {name: scraper}}}"),
          Map.entry(
              "prometheusRule.",
              "{monitoring: {apiCheck: false}, prometheusRule: {enabled: true}}"),
          Map.entry("grafanaDashboard.", "{grafanaDashboard: {enabled: true}}"),
          Map.entry("tests.tokenSecret.key", "{tests: {tokenSecret: {name: s}}}"),
          Map.entry("tests.authorities.", "{tls: {existingSecret: s}}"),
          Map.entry("tests.clientCertificate.", "{tls: {existingSecret: s}}"),
          Map.entry("service.type", OUTSIDE),
          Map.entry("service.nodePort", "{service: {type: NodePort}, " + OUTSIDE.substring(1)),
          Map.entry(
              "service.externalTrafficPolicy",
              "{service: {type: NodePort}, " + OUTSIDE.substring(1)),
          Map.entry(
              "service.loadBalancer", "{service: {type: LoadBalancer}, " + OUTSIDE.substring(1)),
          Map.entry(
              "ingress.",
              "{ingress: {enabled: true, hosts: [{host: other.example}]}, " + OUTSIDE.substring(1)),
          Map.entry("ingress.enabled", "{ingress: {hosts: [{host: h}]}, " + OUTSIDE.substring(1)),
          Map.entry(
              "httpRoute.",
              "{httpRoute: {enabled: true, apiCheck: false, parentRefs: [{name: gateway}]}, "
                  + OUTSIDE.substring(1)),
          Map.entry(
              "httpRoute.enabled",
              "{httpRoute: {apiCheck: false, parentRefs: [{name: gateway}]}, "
                  + OUTSIDE.substring(1)));

  /// Fixed, or with an effect only together with another: [ChartTest] has a test of each.
  private static final Set<String> TESTED_BY_HAND =
      Set.of(
          "replicaCount",
          "resources.requests.memory",
          "resources.limits.memory",
          "monitoring.apiCheck",
          "httpRoute.apiCheck");

  /// Their members are the resources of Kubernetes, whose names the chart does not list.
  private static final Set<String> OPEN = Set.of("resources.requests.", "resources.limits.");

  /// Values that there were once: the schema lets them through to a template, which says what to do about them.
  private static final Set<String> GONE = Set.of("tests.image");

  private static List<ChartValue> values;
  private static JsonNode schema;

  @BeforeAll
  static void read() throws IOException {
    values = ChartValue.all(Chart.SHIPPED);
    schema =
        JSON.readTree(Files.readString(Chart.SHIPPED.directory().resolve("values.schema.json")));
  }

  @Test
  void theFileIsReadWhole() throws IOException {
    JsonNode file =
        YAML.readTree(Files.readString(Chart.SHIPPED.directory().resolve("values.yaml")));
    ObjectNode rebuilt = JSON.createObjectNode();
    values.forEach(value -> put(rebuilt, value.name(), value.initial()));

    assertThat((JsonNode) rebuilt).isEqualTo(file);
  }

  @Test
  void everyValueIsExplained() {
    assertThat(values)
        .allSatisfy(value -> assertThat(value.description()).as(value.name()).endsWith("."));
  }

  @Test
  void theTableInTheReadmeIsThatOfTheFile() throws IOException {
    try (Stream<String> lines = Files.lines(Chart.SHIPPED.directory().resolve("README.md"))) {
      assertThat(lines.filter(line -> line.startsWith("| `")).collect(Collectors.joining("\n")))
          .isEqualTo(values.stream().map(ChartValue::tableRow).collect(Collectors.joining("\n")));
    }
  }

  @Test
  void theSchemaIsOneAndTakesTheDefaults() throws IOException {
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    Schema ofSchemas = registry.getSchema(SchemaLocation.of(schema.path("$schema").asString()));

    assertThat(ofSchemas.validate(schema)).isEmpty();
    assertThat(
            registry
                .getSchema(schema)
                .validate(
                    Files.readString(Chart.SHIPPED.directory().resolve("values.yaml")),
                    InputFormat.YAML))
        .isEmpty();
  }

  @Test
  void theSchemaKnowsTheValuesAndNoOthers() {
    // Helm itself hands `global` to a chart that is part of another.
    assertThat(schema.at("/properties/global").isObject()).isTrue();
    assertSameNames("", schema);
  }

  private static void assertSameNames(String prefix, JsonNode part) {
    Set<String> names =
        values.stream()
            .map(ChartValue::name)
            .filter(name -> name.startsWith(prefix))
            .map(name -> name.substring(prefix.length()).split("\\.", 2)[0])
            .collect(Collectors.toSet());
    assertThat(part.path("additionalProperties"))
        .as("members of " + prefix)
        .isEqualTo(BooleanNode.FALSE);
    assertThat(part.path("properties").propertyNames())
        .as("members of " + prefix)
        .filteredOn(name -> !name.equals("global") && !GONE.contains(prefix + name))
        .containsExactlyInAnyOrderElementsOf(names);
    // A value that an older chart did not have is missing where its values are used again.
    assertThat(part.path("required").valueStream().map(JsonNode::asString))
        .as("required of " + prefix)
        .containsExactlyInAnyOrderElementsOf(
            names.stream()
                .filter(name -> !part.path("properties").path(name).path("type").isArray())
                .toList());
    for (String name : names) {
      String inner = prefix + name + ".";
      if (!OPEN.contains(inner)
          && values.stream().anyMatch(value -> value.name().startsWith(inner))) {
        assertSameNames(inner, part.path("properties").path(name));
      }
    }
  }

  @Test
  void everyValueChangesWhatIsRendered(@TempDir Path copy) {
    Chart chart = Chart.SHIPPED.withHooksAsResources(copy);
    Map<String, String> others = others();

    assertThat(values)
        .extracting(ChartValue::name)
        .filteredOn(name -> !TESTED_BY_HAND.contains(name))
        .containsExactlyInAnyOrderElementsOf(others.keySet())
        .allSatisfy(name -> {
          ObjectNode before = base(name);
          ObjectNode after = base(name);
          put(after, name, YAML.readTree(others.get(name)));
          assertThat(chart.render(after.toString())).isNotEqualTo(chart.render(before.toString()));
        });
  }

  private static Map<String, String> others() {
    return OTHERS
        .lines()
        .map(line -> line.split(": ", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }

  @Test
  void theSchemaTakesOtherValuesToo() throws IOException {
    ObjectNode document =
        (ObjectNode)
            YAML.readTree(Files.readString(Chart.SHIPPED.directory().resolve("values.yaml")));
    others().forEach((name, other) -> put(document, name, YAML.readTree(other)));

    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema)
                .validate(document))
        .isEmpty();
  }

  private static ObjectNode base(String name) {
    return (ObjectNode)
        YAML.readTree(
            ALONGSIDE.entrySet().stream()
                .filter(entry -> name.startsWith(entry.getKey()))
                .max(Comparator.comparingInt(entry -> entry.getKey().length()))
                .map(Map.Entry::getValue)
                .orElse("{}"));
  }

  private static void put(ObjectNode root, String name, JsonNode value) {
    String[] path = name.split("\\.", -1);
    ObjectNode node = root;
    for (int i = 0; i < path.length - 1; i++) {
      node = node.withObject("/" + path[i]);
    }
    node.set(path[path.length - 1], value);
  }
}
