package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Who reaches the pod: clients, operators, Prometheus.
class ChartNetworkTest {

  private static final Manifests DEFAULTS = Chart.SHIPPED.render("");
  private static final StatefulSetSpec SET = DEFAULTS.statefulSet();

  @Test
  void clientsReachReadyPodsAndOperatorsAnyPod() {
    Service client = DEFAULTS.named(Service.class, "demo-lightningdb");
    Service headless = DEFAULTS.named(Service.class, "demo-lightningdb-headless");
    Map<String, String> podLabels = SET.getTemplate().getMetadata().getLabels();

    assertThat(client.getSpec().getPublishNotReadyAddresses()).isNotEqualTo(true);
    assertThat(client.getSpec().getType()).isEqualTo("ClusterIP");
    assertThat(headless.getSpec().getClusterIP()).isEqualTo("None");
    assertThat(headless.getSpec().getPublishNotReadyAddresses()).isTrue();
    assertThat(List.of(client, headless))
        .allSatisfy(service -> {
          assertThat(podLabels).containsAllEntriesOf(service.getSpec().getSelector());
          assertThat(service.getSpec().getPorts())
              .extracting(port -> port.getTargetPort().getStrVal())
              .startsWith("http");
        });
  }

  @Test
  void onlyPodsOfTheNamespaceMayConnectUnlessPeersAreNamed() {
    var own = DEFAULTS.only(NetworkPolicy.class).getSpec();
    assertThat(own.getPodSelector().getMatchLabels()).isEqualTo(Chart.SELECTOR);
    assertThat(own.getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
    assertThat(own.getEgress()).isEmpty();
    assertThat(own.getIngress())
        .satisfiesExactly(
            rule -> assertThat(rule.getPorts().getFirst().getPort().getStrVal()).isEqualTo("http"),
            rule ->
                assertThat(rule.getPorts().getFirst().getPort().getStrVal())
                    .isEqualTo("management"))
        .allSatisfy(rule -> {
          assertThat(rule.getPorts()).hasSize(1);
          assertThat(rule.getFrom())
              .singleElement()
              .satisfies(peer -> {
                assertThat(peer.getPodSelector()).isEqualTo(new LabelSelector());
                assertThat(peer.getNamespaceSelector()).isNull();
                assertThat(peer.getIpBlock()).isNull();
              });
        });

    var named =
        Chart.SHIPPED
            .render("networkPolicy: {from: [{podSelector: {matchLabels: {app: shop}}}]}")
            .only(NetworkPolicy.class)
            .getSpec()
            .getIngress()
            .getFirst()
            .getFrom();
    assertThat(named)
        .extracting(peer -> peer.getPodSelector().getMatchLabels())
        .containsExactly(
            Map.of("app", "shop"),
            Map.of("app.kubernetes.io/instance", "demo", "app.kubernetes.io/component", "test"));
  }

  @Test
  void prometheusScrapesThePodUnderTheNameOfTheDatabase() {
    Manifests rendered =
        Chart.SHIPPED.render(
            "{monitoring: {apiCheck: false}, serviceMonitor: {enabled: true, labels: {team: db}, tokenSecret: {name: scraper}}}");
    JsonNode monitor = rendered.tree("ServiceMonitor");
    Map<String, String> selected =
        monitor.at("/spec/selector/matchLabels").properties().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, label -> label.getValue().asString()));

    assertThat(monitor.path("apiVersion").asString()).isEqualTo("monitoring.coreos.com/v1");
    assertThat(monitor.at("/metadata/labels/team").asString()).isEqualTo("db");
    assertThat(monitor.at("/spec/endpoints/0/path").asString()).isEqualTo("/actuator/prometheus");
    assertThat(monitor.at("/spec/endpoints/0/port").asString()).isEqualTo("management");
    assertThat(monitor.at("/spec/endpoints/0/authorization/credentials/name").asString())
        .isEqualTo("scraper");
    assertThat(monitor.at("/spec/endpoints/0/relabelings/0/targetLabel").asString())
        .isEqualTo("job");
    assertThat(monitor.at("/spec/endpoints/0/relabelings/0/replacement").asString())
        .isEqualTo("demo-lightningdb");
    assertThat(
            rendered
                .all(Service.class)
                .filter(service ->
                    service.getMetadata().getLabels().entrySet().containsAll(selected.entrySet())))
        .extracting(service -> service.getMetadata().getName())
        .containsExactly("demo-lightningdb-headless");
  }
}
