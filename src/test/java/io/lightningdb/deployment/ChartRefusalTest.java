package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What cannot work is refused before it reaches a cluster, with a message that says why.
class ChartRefusalTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          replicaCount: 2                              | at '/replicaCount': value must be 1
          replicaCount: 0                              | at '/replicaCount': value must be 1
          replicas: 1                                  | additional properties 'replicas' not allowed
          image: {repo: x}                             | at '/image': additional properties 'repo' not allowed
          image: {pullPolicy: Sometimes}               | at '/image/pullPolicy': value must be one of
          image: {tag: 7}                              | at '/image/tag': got number, want string
          config: {limit: {keyspaces-max: 1}}          | at '/config': additional properties 'limit' not allowed
          config: {limits: {keyspace-max: 1}}          | additional properties 'keyspace-max' not allowed
          config: {limits: {keyspaces-max: many}}      | at '/config/limits/keyspaces-max': got string, want integer
          config: {limits: {value-bytes-max: 16 MB}}   | at '/config/limits/value-bytes-max': '16 MB' does not match
          config: {log: {sync-interval: 100}}          | at '/config/log/sync-interval': got number, want string
          config: {preset: read-havy}                  | at '/config/preset': value must be one of 'balanced', 'read-heavy'
          config: {data-directory: /data}              | additional properties 'data-directory' not allowed
          config: {cursor-secret: s}                   | additional properties 'cursor-secret' not allowed
          extraConfig: {server.port: 1}                | at '/extraConfig': additional properties 'server.port' not allowed
          extraConfig: {server: {port: 1}}             | extraConfig.server.port is set by the chart
          extraConfig: {server: {address: '::'}}       | extraConfig.server.address is set by the chart
          extraConfig: {lightning: {limits: {}}}       | put the settings of the database under config
          persistence: {size: huge}                    | at '/persistence/size': 'huge' does not match pattern
          persistence: {directory: ../x}               | at '/persistence/directory': '../x' does not match pattern
          persistence: {accessMode: ReadWriteMany}     | at '/persistence/accessMode': value must be one of
          tests: {url: db.example}                     | at '/tests/url': 'db.example' does not match
          service: {port: 65536}                       | at '/service/port': maximum: got 65,536, want 65,535
          readinessProbe: {group: liveness}            | at '/readinessProbe/group': value must be one of
          securityContext: {runAsUser: 0}              | at '/securityContext/runAsUser': minimum: got 0, want 1
          podDisruptionBudget: {maxUnavailable: 2}     | at '/podDisruptionBudget/maxUnavailable': value must be one of
          resources: {limits: {memory: 4Gi}}           | must equal resources.limits.memory (4Gi)
          terminationGracePeriodSeconds: 30            | at '/terminationGracePeriodSeconds': minimum
          config: {security: {admin-token-hash: x}}    | additional properties 'admin-token-hash' not allowed
          {tls: {existingSecret: s, clientAuth: need}, management: {port: 0}} | management.port must be set: probes have no certificate
          tls: {clientAuth: want}                      | tls.existingSecret must name a secret
          management: {port: 8080}                     | management.port is 8080, where the clients are
          config: {backup: {s3: {secret-access-key: x}}} | additional properties 'secret-access-key' not allowed
          restore: {enabled: true}                     | restore.source or config.backup.directory must say
          restore: {enabled: true, source: /mnt/b}     | backups.existingClaim must name the volume claim
          restore: {toVersion: 4711}                   | at '/restore/toVersion': got number, want string
          restore: {toTime: yesterday}                 | at '/restore/toTime': 'yesterday' does not match
          restore: {backup: newest}                    | at '/restore/backup': 'newest' does not match
          restore: {enabled: true, tokens: none, source: 's3://b', toVersion: '1', toTime: '2025-06-01T12:30:00Z'} | choose one of them
          {restore: {enabled: true, tokens: none, source: 's3://b'}, maintenance: {enabled: true}} | a restore needs the volume for itself
          {restore: {enabled: true, tokens: none, source: 's3://b'}, persistence: {retention: {whenScaled: Delete}}} | or the volume goes
          {monitoring: {apiCheck: false}, serviceMonitor: {enabled: true}} | every scrape is answered 401
          {terminationGracePeriodSeconds: 60, preStopSleepSeconds: 30} | must exceed preStopSleepSeconds
          """)
  void whatCannotWorkIsRefused(String values, String message) {
    assertThatThrownBy(() -> Chart.SHIPPED.render(values)).hasMessageContaining(message);
  }

  @Test
  void aClusterTooOldForASleepingHookIsRefused() {
    assertThatThrownBy(() -> Chart.SHIPPED.render("", "demo", "1.29.4"))
        .hasMessageContaining("chart requires kubeVersion: >=1.30.0-0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"serviceMonitor", "prometheusRule"})
  void aClusterWithoutThePrometheusOperatorIsToldSo(String value) {
    assertThatThrownBy(() -> Chart.SHIPPED.render(value + ": {enabled: true}"))
        .hasMessageContaining(
            value + ".enabled is true, but the cluster does not know monitoring.coreos.com/v1")
        .hasMessageContaining("monitoring.apiCheck=false");
  }
}
