package io.lightningdb.server.keyspace;

import io.lightningdb.engine.BottomCompression;
import io.lightningdb.engine.Compression;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.History;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.Layout;
import io.lightningdb.engine.PointIndex;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.Nearest;
import io.lightningdb.server.settings.Preset;
import io.lightningdb.server.web.JsonObjects;
import io.lightningdb.server.web.Words;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/// Reads the options that a client wants a keyspace to have.
@Component
class OptionsReader {
  private static final String PRESET = "preset";
  private static final Set<String> KNOWN =
      Set.of(
          PRESET,
          "layout",
          "compression",
          "bottomCompression",
          "durability",
          "pointIndex",
          "leafBytes",
          "historyAge",
          "historyVersions",
          "defaultTtl");

  private final JsonObjects objects;

  /// Called by Spring.
  ///
  /// @param objects reads JSON
  OptionsReader(JsonObjects objects) {
    this.objects = objects;
  }

  /// Changes options as a body says.
  ///
  /// @param body a JSON object, null, or nothing at all
  /// @param options what holds for members that the body leaves out
  /// @return the options wanted
  /// @throws ProblemException if the body is not such an object
  KeyspaceOptions read(byte[] body, KeyspaceOptions options) {
    JsonNode object = objects.readOptional(body);
    // First of all, wherever it stands: the other members say what is to be different.
    KeyspaceOptions wanted = withPreset(options, object.get(PRESET));
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      wanted = with(wanted, member.getKey(), member.getValue());
    }
    return wanted;
  }

  private static KeyspaceOptions withPreset(KeyspaceOptions options, @Nullable JsonNode value) {
    return value == null ? options : word(PRESET, value, Preset.class).applyTo(options);
  }

  private static KeyspaceOptions with(KeyspaceOptions options, String name, JsonNode value) {
    return switch (name) {
      case PRESET -> options;
      case "layout" -> options.withLayout(word(name, value, Layout.class));
      case "compression" -> options.withCompression(word(name, value, Compression.class));
      case "bottomCompression" ->
          options.withBottomCompression(word(name, value, BottomCompression.class));
      case "durability" -> options.withDurability(word(name, value, Durability.class));
      case "pointIndex" -> options.withPointIndex(word(name, value, PointIndex.class));
      case "leafBytes" -> withLeafBytes(options, value);
      case "historyAge" -> withHistoryAge(options, value);
      case "historyVersions" -> withHistoryVersions(options, value);
      case "defaultTtl" -> withDefaultTtl(options, value);
      default -> throw unknown(name);
    };
  }

  private static <E extends Enum<E>> E word(String name, JsonNode value, Class<E> type) {
    String text = value.isString() ? value.stringValue() : "";
    return Words.find(type, text).orElseThrow(() -> notOneOf(name, text, type));
  }

  private static ProblemException notOneOf(
      String name, String text, Class<? extends Enum<?>> type) {
    List<String> words = Words.all(type);
    String nearest = Nearest.to(text, words);
    String detail =
        "The option %s must be one of %s; the nearest one is %s."
            .formatted(name, String.join(", ", words), nearest);
    return Problem.of(ProblemType.INVALID_CONTENT, detail).with("nearest", nearest).asException();
  }

  private static KeyspaceOptions withLeafBytes(KeyspaceOptions options, JsonNode value) {
    if (!value.isInt()) {
      throw invalid("The option leafBytes must be a whole number of bytes.");
    }
    try {
      return options.withLeafBytes(value.intValue());
    } catch (IllegalArgumentException e) {
      throw invalid("The option cannot be set: " + e.getMessage() + ".");
    }
  }

  private static KeyspaceOptions withHistoryAge(KeyspaceOptions options, JsonNode value) {
    try {
      Duration age = Duration.parse(value.isString() ? value.stringValue() : "");
      return options.withHistory(new History(age, options.history().versions()));
    } catch (DateTimeParseException _) {
      throw invalid("The option historyAge must be an ISO 8601 duration such as PT1H.");
    } catch (IllegalArgumentException e) {
      throw invalid("The option historyAge cannot be set: " + e.getMessage() + ".");
    }
  }

  private static KeyspaceOptions withHistoryVersions(KeyspaceOptions options, JsonNode value) {
    if (!value.isInt()) {
      throw invalid("The option historyVersions must be a whole number.");
    }
    try {
      return options.withHistory(new History(options.history().age(), value.intValue()));
    } catch (IllegalArgumentException e) {
      throw invalid("The option historyVersions cannot be set: " + e.getMessage() + ".");
    }
  }

  private static KeyspaceOptions withDefaultTtl(KeyspaceOptions options, JsonNode value) {
    try {
      return options.withDefaultTtl(Duration.parse(value.isString() ? value.stringValue() : ""));
    } catch (DateTimeParseException _) {
      throw invalid(
          "The option defaultTtl must be an ISO 8601 duration such as P7D, or PT0S for none.");
    } catch (EngineException.LimitExceeded e) {
      String detail = "The option defaultTtl is out of range: " + e.getMessage() + ".";
      throw Problem.of(ProblemType.INVALID_CONTENT, detail)
          .withLimit(e.limit(), e.actual())
          .asException();
    }
  }

  private static ProblemException unknown(String name) {
    String nearest = Nearest.to(name, KNOWN);
    String detail = "There is no option %s; the nearest one is %s.".formatted(name, nearest);
    return Problem.of(ProblemType.INVALID_CONTENT, detail).with("nearest", nearest).asException();
  }

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }
}
