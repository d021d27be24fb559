package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An upgrade asks the cluster for the StatefulSet that there is, and refuses what Kubernetes would not let change, before anything is changed.
class ChartClusterTest {

  // How Helm ends when the rendering was right: the cluster of these tests takes no resources.
  private static final String RENDERED = "resource mapping not found";

  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void whatMayNotChangeIsRefusedWithWhatToDo(@TempDir Path folder) throws IOException {
    String values =
        "{persistence: {size: 10Gi, storageClass: fast, labels: {a: b}, annotations: {c: d}}}";
    try (Cluster cluster = cluster(folder, values)) {
      assertThat(cluster.upgrade(Chart.SHIPPED, values.replace("10Gi", "10240Mi")))
          .as("the same in another unit")
          .contains(RENDERED);
      assertThat(cluster.upgrade(Chart.SHIPPED, values.replace("10Gi", "20Gi")))
          .contains("persistence.size is 20Gi, and 10Gi in the StatefulSet demo-lightningdb")
          .contains("kubectl delete statefulset -n prod demo-lightningdb --cascade=orphan")
          .doesNotContain(RENDERED);
      assertThat(cluster.upgrade(Chart.SHIPPED, values.replace("fast", "slow")))
          .contains("persistence.storageClass is \"slow\", and \"fast\" in the StatefulSet");
      assertThat(cluster.upgrade(Chart.SHIPPED, values.replace("a: b", "a: c")))
          .contains("persistence.labels is");
      assertThat(cluster.upgrade(Chart.SHIPPED, "persistence: {existingClaim: mine}"))
          .contains("persistence.existingClaim is mine, and the StatefulSet")
          .contains("has a claim of its own, data-demo-lightningdb-0");
      assertThat(
              cluster.upgrade(
                  Chart.SHIPPED, "{nameOverride: b, fullnameOverride: demo-lightningdb}"))
          .contains("nameOverride or the release's name selects pods by");
    }
  }

  @Test
  void anExistingClaimMayBecomeAnotherAndNoneMayNot(@TempDir Path folder) throws IOException {
    String values = "persistence: {existingClaim: mine}";
    try (Cluster cluster = cluster(folder, values)) {
      assertThat(cluster.upgrade(Chart.SHIPPED, values.replace("mine", "other")))
          .contains(RENDERED);
      assertThat(cluster.upgrade(Chart.SHIPPED, "{}"))
          .contains("persistence.existingClaim is empty, and the StatefulSet demo-lightningdb");
    }
  }

  /// With the StatefulSet of these values, as an API server returns it.
  private static Cluster cluster(Path folder, String values) throws IOException {
    JsonNode set = Chart.SHIPPED.render(values).tree("StatefulSet").deepCopy();
    for (JsonNode claim : set.at("/spec/volumeClaimTemplates")) {
      ((ObjectNode) claim.path("spec")).put("volumeMode", "Filesystem");
      ((ObjectNode) claim).putObject("status").put("phase", "Pending");
    }
    return new Cluster(folder, JSON.writeValueAsString(set));
  }
}
