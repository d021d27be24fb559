package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What the chart renders, one tree a resource.
record Manifests(List<JsonNode> resources) {

  private static final Map<String, Schema> DEFINITIONS = new ConcurrentHashMap<>();

  private static final KubernetesSerialization KINDS = new KubernetesSerialization();

  // The model keeps unknown fields aside; without its any-setters they are errors, as they are for
  // an API server.
  private static final YAMLMapper STRICT =
      YAMLMapper.builder()
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
                  return false;
                }
              })
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  static Manifests parse(String yaml) {
    try (var documents = STRICT.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
      return new Manifests(documents.readAll().stream().filter(JsonNode::isObject).toList());
    }
  }

  /// The only resource of `type`, parsed strictly.
  <T extends HasMetadata> T only(Class<T> type) {
    List<T> found = all(type).toList();
    assertThat(found).as(type.getSimpleName()).hasSize(1);
    return found.getFirst();
  }

  <T extends HasMetadata> T named(Class<T> type, String name) {
    List<T> found =
        all(type).filter(resource -> resource.getMetadata().getName().equals(name)).toList();
    assertThat(found).as(type.getSimpleName() + " " + name).hasSize(1);
    return found.getFirst();
  }

  <T extends HasMetadata> Stream<T> all(Class<T> type) {
    return resources.stream()
        .filter(tree -> type.equals(typeOf(tree)))
        .map(tree -> STRICT.treeToValue(tree, type));
  }

  /// The only resource of a kind that the model does not know, such as those of the Prometheus Operator.
  JsonNode tree(String kind) {
    List<JsonNode> found = resources.stream().filter(tree -> kind(tree).equals(kind)).toList();
    assertThat(found).as(kind).hasSize(1);
    return found.getFirst();
  }

  StatefulSetSpec statefulSet() {
    return only(StatefulSet.class).getSpec();
  }

  PodSpec pod() {
    return statefulSet().getTemplate().getSpec();
  }

  /// The only container of the database's pod.
  Container container() {
    assertThat(pod().getContainers()).hasSize(1);
    return pod().getContainers().getFirst();
  }

  /// Containers of all pods that run the image of the database, whatever they do.
  List<Container> containersOfTheImage() {
    return Stream.of(
            all(StatefulSet.class).map(set -> set.getSpec().getTemplate().getSpec()),
            all(Job.class).map(job -> job.getSpec().getTemplate().getSpec()),
            all(Pod.class).map(Pod::getSpec))
        .flatMap(pods -> pods)
        .flatMap(
            pod -> Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream()))
        .toList();
  }

  /// The only mount of a volume in that container.
  VolumeMount mount(String volume) {
    List<VolumeMount> found =
        container().getVolumeMounts().stream()
            .filter(mount -> mount.getName().equals(volume))
            .toList();
    assertThat(found).as("mounts of " + volume).hasSize(1);
    return found.getFirst();
  }

  static EnvVar variable(Container container, String name) {
    List<EnvVar> found =
        container.getEnv().stream().filter(variable -> variable.getName().equals(name)).toList();
    assertThat(found).as(name).hasSize(1);
    return found.getFirst();
  }

  /// The settings that the server of this rendering reads.
  JsonNode applicationYaml() {
    return STRICT.readTree(only(ConfigMap.class).getData().get("application.yaml"));
  }

  List<String> kinds() {
    return resources.stream().map(Manifests::kind).toList();
  }

  /// Every resource that the model knows, parsed strictly.
  List<HasMetadata> typed() {
    return resources.stream()
        .filter(tree -> typeOf(tree) != null)
        .map(tree -> (HasMetadata) STRICT.treeToValue(tree, Objects.requireNonNull(typeOf(tree))))
        .toList();
  }

  /// How many resources of a kind there are that the model does not know, once each was checked with the schema of its definition.
  int checked(String kind) {
    List<JsonNode> found = resources.stream().filter(tree -> kind(tree).equals(kind)).toList();
    Schema schema = DEFINITIONS.computeIfAbsent(kind, Manifests::definition);
    found.forEach(tree -> assertThat(schema.validate(tree)).as(kind).isEmpty());
    return found.size();
  }

  private static Schema definition(String kind) {
    try {
      Path file = Path.of("src", "test", "resources", "chart", kind + ".json");
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(STRICT.readTree(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String kind(JsonNode tree) {
    return tree.path("kind").asString();
  }

  private static @Nullable Class<?> typeOf(JsonNode tree) {
    return KINDS.getRegisteredKubernetesResource(tree.path("apiVersion").asString(), kind(tree));
  }
}
