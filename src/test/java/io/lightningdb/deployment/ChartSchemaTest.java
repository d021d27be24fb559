package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What the schema says of values that are none. Helm names all of them at once, so one rendering has many.
class ChartSchemaTest {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final JsonMapper JSON = new JsonMapper();

  private static final String WRONG =
      """
      image: {digest: abc}                                         | at '/image/digest': 'abc' does not match pattern
      commonLabels: {a b: c}                                       | invalid propertyName 'a b'
      commonLabels: {a: 'b c'}                                     | at '/commonLabels/a': 'b c' does not match pattern
      commonAnnotations: {a: 7}                                    | at '/commonAnnotations/a': got number, want string
      extraEnvFrom: [{secret: x}]                                  | additional properties 'secret' not allowed
      extraEnvFrom: [{prefix: x}]                                  | at '/extraEnvFrom/0': 'oneOf' failed
      extraEnvFrom: [{secretRef: {name: s}, configMapRef: {name: c}}] | at '/extraEnvFrom/0': 'oneOf' failed, subschemas 0, 1 matched
      extraVolumes: [{name: Ca, emptyDir: {}}]                     | at '/extraVolumes/0/name': 'Ca' does not match pattern
      extraVolumes: [{name: ca}]                                   | at '/extraVolumes/0': minProperties: got 1, want 2
      extraVolumeMounts: [{name: ca, mountPath: ca}]               | at '/extraVolumeMounts/0/mountPath': 'ca' does not match pattern
      extraVolumeMounts: [{name: ca, path: /ca}]                   | additional properties 'path' not allowed
      sidecars: [{image: x}]                                       | at '/sidecars/0': missing property 'name'
      initContainers: {name: a, image: x}                          | at '/initContainers': got object, want array
      containerSecurityContext: {readOnly: true}                   | at '/containerSecurityContext': additional properties 'readOnly' not allowed
      containerSecurityContext: {runAsUser: 0}                     | at '/containerSecurityContext/runAsUser': minimum: got 0, want 1
      securityContext: {fsGroupChangePolicy: Never}                | at '/securityContext/fsGroupChangePolicy': value must be one of
      securityContext: {supplementalGroups: [0]}                   | at '/securityContext/supplementalGroups/0': minimum
      securityContext: {seccompProfile: {type: x}}                 | at '/securityContext/seccompProfile/type': value must be one of
      dnsPolicy: First                                             | at '/dnsPolicy': value must be one of
      dnsConfig: {nameservers: [one]}                              | at '/dnsConfig/nameservers/0': 'one' does not match pattern
      dnsConfig: {nameserver: [10.0.0.1]}                          | at '/dnsConfig': additional properties 'nameserver' not allowed
      hostAliases: [{ip: 10.0.0.1}]                                | at '/hostAliases/0': missing property 'hostnames'
      hostAliases: [{ip: store, hostnames: [a]}]                   | at '/hostAliases/0/ip': 'store' does not match pattern
      schedulerName: A b                                           | at '/schedulerName': 'A b' does not match pattern
      runtimeClassName: 7                                          | at '/runtimeClassName': got number, want string
      persistence: {existingClaim: A}                              | at '/persistence/existingClaim': 'A' does not match pattern
      persistence: {dataSource: {name: s}}                         | at '/persistence/dataSource'
      persistence: {selector: {labels: {a: b}}}                    | at '/persistence/selector': additional properties 'labels' not allowed
      backups: {claim: {size: much}}                               | at '/backups/claim/size': 'much' does not match pattern
      scratch: {size: 1 GB}                                        | at '/scratch/size': '1 GB' does not match pattern
      service: {nodePort: 70000}                                   | at '/service/nodePort': maximum
      service: {loadBalancerSourceRanges: [10.0.0.0/33]}           | at '/service/loadBalancerSourceRanges/0': '10.0.0.0/33' does not match pattern
      ingress: {hosts: [{host: 'a b'}]}                            | at '/ingress/hosts/0/host': 'a b' does not match pattern
      ingress: {hosts: [{host: a, paths: [{path: v1}]}]}           | at '/ingress/hosts/0/paths/0/path': 'v1' does not match pattern
      ingress: {tls: [{hosts: [a]}]}                               | at '/ingress/tls/0': missing property 'secretName'
      httpRoute: {matches: [{path: {type: Prefix, value: /}}]}     | at '/httpRoute/matches/0/path/type': value must be one of
      httpRoute: {filters: [{requestMirror: {}}]}                  | at '/httpRoute/filters/0': missing property 'type'
      httpRoute: {timeouts: {request: 1 minute}}                   | at '/httpRoute/timeouts/request': '1 minute' does not match pattern
      httpRoute: {hostnames: ['http://a']}                         | at '/httpRoute/hostnames/0': 'http://a' does not match pattern
      updateStrategy: {type: Recreate}                             | at '/updateStrategy/type': value must be one of
      revisionHistoryLimit: -1                                     | at '/revisionHistoryLimit': minimum
      serviceMonitor: {relabelings: [{source_labels: [a]}]}        | additional properties 'source_labels' not allowed
      serviceMonitor: {metricRelabelings: [{action: remove}]}      | at '/serviceMonitor/metricRelabelings/0/action': value must be one of
      restore: {deadlineSeconds: 1h}                               | at '/restore/deadlineSeconds': got string, want integer
      restore: {ttlSecondsAfterFinished: -1}                       | at '/restore/ttlSecondsAfterFinished': minimum
      {java: {maxRamPercentage: 95}}                               | at '/java/maxRamPercentage': maximum
      """;

  @Test
  void aValueThatIsNoneIsRefusedByItsPlace() {
    List<Row> rows = WRONG.lines().map(Row::parse).collect(Collectors.toCollection(ArrayList::new));

    while (!rows.isEmpty()) {
      ObjectNode values = YAML.createObjectNode();
      List<Row> together = new ArrayList<>();
      Set<String> names = new HashSet<>();
      for (Row row : rows) {
        if (row.values().propertyNames().stream().noneMatch(names::contains)) {
          names.addAll(row.values().propertyNames());
          values.setAll(row.values());
          together.add(row);
        }
      }
      rows.removeAll(together);
      String said = refusal(values.toString());
      assertThat(together).allSatisfy(row -> assertThat(said).contains(row.message()));
    }
  }

  @Test
  void anUnknownValueIsRefusedWithTheNearestName() {
    String said =
        refusal(
            """
            replicas: 1
            persistance: {}
            env: []
            image: {repo: x}
            config: {limits: {keyspace-max: 1}, memory: {bugdet: 1GB}}
            service: {annotation: {}, nodeport: 1}
            backups: {claim: {sise: 1Gi}}
            serviceMonitor: {relabellings: [], tokenSecret: {secretName: s}}
            hostAliases: [{ip: 10.0.0.1, hostNames: [a]}]
            """);

    assertThat(
            List.of(
                "'replicas' replicaCount",
                "'persistance' persistence",
                "'env' extraEnv",
                "'repo' repository",
                "'keyspace-max' keyspaces-max",
                "'bugdet' budget",
                "'annotation' annotations",
                "'nodeport' nodePort",
                "'sise' size",
                "'relabellings' relabelings",
                "'secretName' name",
                "'hostNames' hostnames"))
        .allSatisfy(pair -> {
          String unknown = pair.split(" ", 2)[0];
          assertThat(said.substring(said.indexOf("invalid propertyName " + unknown)))
              .as(said)
              .startsWith("invalid propertyName " + unknown)
              .containsPattern(
                  "(?s)\\A[^\\n]*\\n(?:(?!invalid propertyName).)*value must be '"
                      + pair.split(" ", 2)[1]
                      + "'");
        });
    assertThat(refusal("quux: 1")).contains("additional properties 'quux' not allowed");
  }

  @Test
  void theSchemaNamesTheNearestOfAllNames() throws IOException {
    Path file = Chart.SHIPPED.directory().resolve("values.schema.json");
    String text = ChartNames.text(JSON.readTree(Files.readString(file)));
    if ("write".equals(System.getProperty("chart.files"))) {
      Files.writeString(file, text);
    }

    assertThat(Files.readString(file))
        .as("renewed by ./mvnw test -Dtest=ChartSchemaTest -Dchart.files=write")
        .isEqualTo(text);
  }

  @Test
  void anyWrongMissingAdditionalOrSwappedLetterIsNear() throws IOException {
    Set<String> names = new TreeSet<>();
    JSON.readTree(Files.readString(Chart.SHIPPED.directory().resolve("values.schema.json")))
        .findValues("properties")
        .forEach(properties -> names.addAll(properties.propertyNames()));

    for (String name : names) {
      Pattern near = Pattern.compile(ChartNames.pattern(name));
      for (int i = 0; i < name.length() && name.length() >= 4; i++) {
        String before = name.substring(0, i);
        String after = name.substring(i + 1);
        List<String> typos = new ArrayList<>(List.of(before + after, before + "_" + after));
        typos.add(before + "_" + name.substring(i));
        if (!after.isEmpty()) {
          typos.add(before + after.charAt(0) + name.charAt(i) + after.substring(1));
        }
        assertThat(typos).as(name).allMatch(typo -> near.matcher(typo).matches());
      }
    }
  }

  private static String refusal(String values) {
    Throwable thrown =
        catchThrowable(() -> Chart.SHIPPED.template(values, Chart.RELEASE, "1.34.0"));
    assertThat(thrown).as(values).isNotNull();
    return Objects.requireNonNull(thrown.getMessage());
  }

  private record Row(ObjectNode values, String message) {
    static Row parse(String line) {
      String[] parts = line.split(" \\| ", 2);
      return new Row((ObjectNode) YAML.readTree(parts[0]), parts[1].strip());
    }
  }
}
