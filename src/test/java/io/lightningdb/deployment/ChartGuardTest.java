package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Values that are right one by one and wrong together are refused with what to do, and no others are.
class ChartGuardTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          commonLabels: {app.kubernetes.io/name: x}                    | commonLabels has the label app.kubernetes.io/name, by which resources are found
          podLabels: {app.kubernetes.io/component: x}                  | podLabels has the label app.kubernetes.io/component
          {ingress: {labels: {helm.sh/chart: x}}}                      | ingress.labels has the label helm.sh/chart
          podAnnotations: {checksum/config: x}                         | cannot have checksum/config
          extraEnv: [{name: JAVA_TOOL_OPTIONS, value: -Xmx1g}]         | extraEnv has JAVA_TOOL_OPTIONS, which the chart sets: use java.options
          {extraEnv: [{name: AWS_ACCESS_KEY_ID, value: x}], backups: {credentials: {existingSecret: s}}} | which the chart sets: use backups.credentials
          extraEnv: [{name: A, value: x}, {name: A, value: z}]         | extraEnv has A twice
          extraVolumes: [{name: data, emptyDir: {}}]                   | extraVolumes has data, a name that the chart uses itself
          extraVolumes: [{name: a, emptyDir: {}}, {name: a, emptyDir: {}}] | extraVolumes has a twice
          extraVolumeMounts: [{name: ca, mountPath: /etc/ca}]          | extraVolumes has no volume of that name
          {extraVolumes: [{name: ca, emptyDir: {}}], extraVolumeMounts: [{name: ca, mountPath: /tmp/}]} | mounts ca at /tmp/, where another volume is
          sidecars: [{name: lightningdb, image: x}]                    | initContainers or sidecars has lightningdb, a name that the chart uses
          {sidecars: [{name: a, image: x}], initContainers: [{name: a, image: x}]} | initContainers or sidecars has a twice
          backups: {existingClaim: a, claim: {create: true}}           | backups.claim.create is true and backups.existingClaim names a claim
          config: {backup: {directory: /backups}}                      | config.backup.directory is /backups, where no volume is mounted
          config: {backup: {scratch-directory: /s}}                    | config.backup.scratch-directory is /s, where no volume is mounted
          config: {backup: {restore-check-schedule: '0 0 4 * * *'}}    | beyond tmp.sizeLimit (256Mi) the pod is evicted: set scratch.enabled
          service: {nodePort: 30080}                                   | service.nodePort is set, and service.type is ClusterIP
          service: {externalTrafficPolicy: Local}                      | service.externalTrafficPolicy is set, and service.type is ClusterIP
          {service: {loadBalancerSourceRanges: [10.0.0.0/8], type: NodePort}, networkPolicy: {enabled: false}} | service.loadBalancerSourceRanges is set, and service.type is NodePort
          service: {loadBalancerClass: internal}                       | service.loadBalancerClass is set, and service.type is ClusterIP
          service: {type: LoadBalancer}                                | networkPolicy.from is empty, so only pods of the namespace prod may connect, and service.type is LoadBalancer
          ingress: {enabled: true, hosts: [{host: h}]}                 | networkPolicy.from is empty
          {ingress: {enabled: true}, networkPolicy: {enabled: false}}  | ingress.enabled is true, so ingress.hosts must name a host
          {httpRoute: {enabled: true, parentRefs: [{name: g}]}, networkPolicy: {enabled: false}} | httpRoute.enabled is true, but the cluster does not know gateway.networking.k8s.io/v1
          {httpRoute: {enabled: true, apiCheck: false}, networkPolicy: {enabled: false}} | httpRoute.parentRefs must name the gateway
          httpRoute: {enabled: true, apiCheck: false, parentRefs: [{name: g}]} | networkPolicy.from is empty
          updateStrategy: {type: OnDelete, rollingUpdate: {partition: 1}} | updateStrategy.rollingUpdate has no effect
          {networkPolicy: {managementFrom: [{podSelector: {}}]}, management: {port: 0}} | networkPolicy.managementFrom is set and management.port is 0
          extraConfig: {management: {server: {port: 1}}}               | extraConfig.management.server.port is set by the chart
          {tls: {existingSecret: s}, extraConfig: {server: {ssl: {bundle: b}}}} | extraConfig.server.ssl is set by the chart
          restore: {enabled: true, source: 's3://b'}                   | restore.tokens is empty, and backups have no tokens: say none
          restore: {enabled: true, tokens: none, source: 's3://b'}     | networkPolicy.egress is empty, so the pod connects to nothing, and restore.source is s3://b
          config: {backup: {directory: 's3://b'}}                      | config.backup.directory is s3://b: allow the place, and the name service
          config: {tracing: {endpoint: 'https://c:4318/v1/traces'}}    | networkPolicy.egress is empty, so the pod connects to nothing, and config.tracing.endpoint is https://c
          extraConfig: {spring: {security: {oauth2: {resourceserver: {jwt: {issuer-uri: 'https://i'}}}}}} | issuer-uri in extraConfig is https://i
          extraConfig: {spring: {security: {oauth2: {resourceserver: {jwt: {jwk-set-uri: 'https://i'}}}}}} | jwk-set-uri in extraConfig is https://i
          extraConfig: {spring: {security.oauth2.resourceserver.jwt: {issuerUri: 'https://i'}}} | issuerUri in extraConfig is https://i
          extraEnv: [{name: LIGHTNING_TRACING_ENDPOINT, value: 'http://c'}] | LIGHTNING_TRACING_ENDPOINT in extraEnv is http://c
          extraEnv: [{name: SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUER_URI, value: 'http://c'}] | JWT_ISSUER_URI in extraEnv is http://c
          java: {options: -Xmx2g}                                      | the heap may take 2048 MiB (java.maxRamPercentage or java.options) of the 2048 MiB of resources.limits.memory, which leaves 0 MiB
          java: {options: -Xmx1g -XX:MaxHeapSize=2000m}                | the heap may take 2000 MiB
          java: {options: '-XX:MaxRAMPercentage=95.5'}                 | leave 192 MiB or more
          java: {options: -Xmx64m}                                     | the heap gets 64 MiB, and the service and the least memory budget need 72 MiB
          resources: {requests: {memory: 250M}, limits: {memory: 250M}} | which leaves 119 MiB
          config: {memory: {budget: 1GB}}                              | config.memory.budget is 1GB, and of the heap of 1024 MiB the service itself needs 64 MiB
          tests: {image: {repository: curlimages/curl}}                | tests.image is gone: helm test runs the image of the database
          tests: {clientCertificate: {existingSecret: s}}              | helm test connects to http://demo-lightningdb.prod.svc:8080, where no certificate is shown
          {config: {backup: {directory: /mnt/backups}}, extraVolumes: [{name: b, nfs: {server: s, path: /}}], extraVolumeMounts: [{name: b, mountPath: /mnt/b}]} | config.backup.directory is /mnt/backups, where no volume is mounted
          """)
  void whatCannotWorkTogetherIsRefused(String values, String message) {
    assertThatThrownBy(() -> Chart.SHIPPED.render(values)).hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java: {maxRamPercentage: 90}",
        "java: {options: -Xmx512m -Xmx1850M}",
        "resources: {requests: {memory: 384Mi}, limits: {memory: 384Mi}}",
        "resources: {requests: {memory: 1000000000}, limits: {memory: 1000000000}}",
        "config: {memory: {budget: 960MB}}",
        "config: {tracing: {endpoint: 'http://localhost:4318/v1/traces'}}",
        "config: {tracing: {endpoint: 'http://[::1]:4318/v1/traces'}}",
        "{config: {backup: {directory: /var/lib/lightningdb-backups/shop}}, backups: {claim: {create: true}}}",
        "{config: {backup: {directory: /mnt/b/shop}}, extraVolumes: [{name: b, nfs: {server: s, path: /}}], extraVolumeMounts: [{name: b, mountPath: /mnt/b}]}"
      })
  void whatWorksIsNot(String values) {
    assertThat(Chart.SHIPPED.render(values).statefulSet().getReplicas()).isEqualTo(1);
  }
}
