package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.KeyText;
import io.lightningdb.server.keyvalue.ValueReader;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.Nearest;
import io.lightningdb.server.web.PercentDecoding;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;

/// Reads the bodies of batch and multiget. Values are cut out of the body as they are spelt. Confined to one request.
final class BatchReader {
  private static final Set<String> KINDS = Set.of("put", "delete", "get", "increment");
  private static final Set<String> UNSUPPORTED = Set.of("ttl", "expiresAt");

  private final byte[] body;
  private final KeyEncoding keyEncoding;
  private final int countMax;
  private final long valueBytesMax;

  /// Reads a body.
  ///
  /// @param body JSON
  /// @param keyEncoding how its keys are written
  /// @param countMax most operations or keys
  /// @param valueBytesMax largest value, in bytes
  BatchReader(byte[] body, KeyEncoding keyEncoding, int countMax, long valueBytesMax) {
    this.body = body;
    this.keyEncoding = keyEncoding;
    this.countMax = countMax;
    this.valueBytesMax = valueBytesMax;
  }

  /// Reads a batch.
  ///
  /// @return what it asks for
  /// @throws ProblemException if it is not a batch
  BatchRequest batch() {
    List<Operation> operations = new ArrayList<>();
    boolean[] atomic = {true};
    boolean[] found = {false};
    root((name, parser) -> {
      switch (name) {
        case "operations" -> {
          found[0] = true;
          array(
              parser,
              name,
              ProblemType.TOO_MANY_OPERATIONS,
              p -> operations.add(operation(p, operations.size())));
        }
        case "atomic" -> atomic[0] = flag(name, parser);
        default -> throw unknown(name, Set.of("operations", "atomic"));
      }
    });
    if (!found[0]) {
      throw invalid("The member operations is missing.");
    }
    return new BatchRequest(operations, atomic[0]);
  }

  /// Reads an increment.
  ///
  /// @param key what it works on
  /// @return what it asks for
  /// @throws ProblemException if it is not an increment
  Operation.Increment increment(byte[] key) {
    long[] numbers = {1, 0};
    root((name, parser) -> {
      switch (name) {
        case "by" -> numbers[0] = integer(name, parser);
        case "initial" -> numbers[1] = integer(name, parser);
        default -> throw unknown(name, Set.of("by", "initial"));
      }
    });
    return new Operation.Increment(key, numbers[0], numbers[1], OptionalLong.empty());
  }

  /// Reads a multiget.
  ///
  /// @return the keys it asks for
  /// @throws ProblemException if it is not a multiget
  List<byte[]> keys() {
    List<byte[]> keys = new ArrayList<>();
    boolean[] found = {false};
    root((name, parser) -> {
      if (!name.equals("keys")) {
        throw unknown(name, Set.of("keys"));
      }
      found[0] = true;
      array(parser, name, ProblemType.TOO_MANY_KEYS, p -> keys.add(key(p)));
    });
    if (!found[0]) {
      throw invalid("The member keys is missing.");
    }
    return keys;
  }

  private interface Member {
    void read(String name, JsonParser parser);
  }

  private void root(Member member) {
    if (PercentDecoding.utf8(body).isEmpty()) {
      throw Problem.of(ProblemType.MALFORMED_JSON, "The body is not valid UTF-8.").asException();
    }
    try (JsonParser parser = JsonText.parser(body)) {
      parser.nextToken();
      object(parser, "The body", member);
      if (parser.nextToken() != null) {
        throw Problem.of(ProblemType.MALFORMED_JSON, "Something follows the JSON object.")
            .asException();
      }
    } catch (JacksonException e) {
      throw Problem.of(
              ProblemType.MALFORMED_JSON, "The body is not JSON: " + JsonText.reason(e) + ".")
          .asException();
    }
  }

  private static void object(JsonParser parser, String what, Member member) {
    if (parser.currentToken() == null) {
      throw Problem.of(ProblemType.MALFORMED_JSON, what + " is empty.").asException();
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw invalid(what + " must be a JSON object.");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      member.read(name, parser);
    }
  }

  private void array(
      JsonParser parser, String name, ProblemType tooMany, Consumer<JsonParser> element) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw invalid("The member " + name + " must be an array.");
    }
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (++count > countMax) {
        String detail = "The member %s has more than %d elements.".formatted(name, countMax);
        throw Problem.of(tooMany, detail).withLimit(countMax, count).asException();
      }
      element.accept(parser);
    }
  }

  private Operation operation(JsonParser parser, int index) {
    try {
      return operation(parser);
    } catch (ProblemException e) {
      throw e.problem().with("operationIndex", index).asException();
    }
  }

  private Operation operation(JsonParser parser) {
    List<Operation> found = new ArrayList<>(1);
    object(
        parser,
        "An operation",
        (kind, p) -> {
          if (!found.isEmpty()) {
            throw invalid("An operation has one member only: put, delete, get or increment.");
          }
          found.add(new OperationReader(kind).read(p));
        });
    if (found.isEmpty()) {
      throw invalid("An operation has one of the members put, delete, get and increment.");
    }
    return found.getFirst();
  }

  /// Reads one operation.
  private final class OperationReader {
    private final String kind;
    private final ValueReader value = new ValueReader(valueBytesMax);
    private byte @Nullable [] key;
    private OptionalLong ifVersion = OptionalLong.empty();
    private long by = 1;
    private long initial;

    OperationReader(String kind) {
      if (!KINDS.contains(kind)) {
        throw unknown(kind, KINDS);
      }
      this.kind = kind;
    }

    Operation read(JsonParser parser) {
      object(parser, "The member " + kind, this::member);
      byte[] found = key;
      if (found == null) {
        throw invalid("The member key is missing.");
      }
      return switch (kind) {
        case "put" -> new Operation.Put(found, value.toValue(), ifVersion);
        case "delete" -> new Operation.Delete(found, ifVersion);
        case "increment" -> new Operation.Increment(found, by, initial, ifVersion);
        default -> new Operation.Get(found, ifVersion);
      };
    }

    private void member(String name, JsonParser parser) {
      if (name.equals("key")) {
        key = key(parser);
      } else if (name.equals("ifVersion")) {
        ifVersion = OptionalLong.of(version(parser));
      } else if (kind.equals("increment") && name.equals("by")) {
        by = integer(name, parser);
      } else if (kind.equals("increment") && name.equals("initial")) {
        initial = integer(name, parser);
      } else if (kind.equals("put") && UNSUPPORTED.contains(name)) {
        throw unsupported("the member " + name);
      } else if (!kind.equals("put") || !value.take(name, parser, body)) {
        throw unknown(name, known());
      }
    }

    private Set<String> known() {
      return switch (kind) {
        case "put" -> Set.of("key", "value", "valueBase64", "contentType", "ifVersion");
        case "increment" -> Set.of("key", "by", "initial", "ifVersion");
        default -> Set.of("key", "ifVersion");
      };
    }
  }

  private byte[] key(JsonParser parser) {
    return KeyText.ofJson(ValueReader.string("key", parser), keyEncoding);
  }

  private static long version(JsonParser parser) {
    boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
    String text = whole ? parser.getString() : "";
    if (!text.matches("[0-9]{1,18}")) {
      throw invalid(
          "The member ifVersion must be a version: a whole number of at most 18 digits, 0 for no entry.");
    }
    return Long.parseLong(text);
  }

  private static long integer(String name, JsonParser parser) {
    try {
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        return parser.getLongValue();
      }
    } catch (InputCoercionException _) {
      // Too large: refused like what is no integer at all.
    }
    throw invalid("The member " + name + " must be an integer from -2^63 to 2^63-1.");
  }

  private static boolean flag(String name, JsonParser parser) {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw invalid("The member " + name + " must be true or false.");
    };
  }

  private static ProblemException unknown(String name, Set<String> known) {
    String nearest = Nearest.to(name, known);
    String detail =
        "The member %s is not known here; the nearest one is %s.".formatted(name, nearest);
    return Problem.of(ProblemType.INVALID_CONTENT, detail).with("nearest", nearest).asException();
  }

  private static ProblemException unsupported(String feature) {
    String detail = "This version of the service does not support " + feature + ".";
    return Problem.of(ProblemType.UNSUPPORTED, detail).with("feature", feature).asException();
  }

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }
}
