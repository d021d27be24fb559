package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Service;
import org.junit.jupiter.api.Test;

/// The strict reading that the other tests rely on is strict.
class ManifestsTest {

  private static final String SERVICE =
      """
      ---
      # a comment alone is no resource
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: a}
      spec: {ports: [{port: 80, targetPort: http}]}
      """;

  @Test
  void aResourceIsReadIntoItsType() {
    assertThat(
            Manifests.parse(SERVICE)
                .only(Service.class)
                .getSpec()
                .getPorts()
                .getFirst()
                .getTargetPort()
                .getStrVal())
        .isEqualTo("http");
  }

  @Test
  void aFieldThatKubernetesDoesNotKnowIsRefused() {
    Manifests misspelt = Manifests.parse(SERVICE.replace("targetPort", "targetPrt"));

    assertThatThrownBy(misspelt::typed).hasMessageContaining("targetPrt");
  }

  @Test
  void aFieldOfAnotherTypeIsRefused() {
    Manifests misspelt = Manifests.parse(SERVICE.replace("port: 80", "port: [80]"));

    assertThatThrownBy(misspelt::typed).hasMessageContaining("port");
  }

  @Test
  void aFieldThatADefinitionDoesNotKnowIsRefused() {
    String monitor =
        """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: a}
        spec: {selector: {matchLabels: {a: b}}, endpoints: [{port: http, interval: 30s}]}
        """;

    assertThat(Manifests.parse(monitor).checked("ServiceMonitor")).isEqualTo(1);
    for (String wrong :
        new String[] {
          monitor.replace("interval", "intervall"),
          monitor.replace("30s", "half a minute"),
          monitor.replace("selector:", "selectors:")
        }) {
      Manifests misspelt = Manifests.parse(wrong);
      assertThatThrownBy(() -> misspelt.checked("ServiceMonitor"))
          .isInstanceOf(AssertionError.class);
    }
  }
}
