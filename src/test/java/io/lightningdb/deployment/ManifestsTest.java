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
}
