package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.server.keyvalue.ExpiryReader;
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
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;

/// Reads the bodies of batch, multiget and execute. Values are cut out of the body as they are spelt. Where one of
/// several forms is to be given, null beside another one counts as not given, since generated clients send null for
/// what they were not given; a condition (`ifVersion`) of null is refused, for the write would be made without it.
/// Confined to one request.
public final class BatchReader {
  private static final Set<String> KINDS = Set.of("put", "delete", "get", "increment");

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
  public BatchReader(byte[] body, KeyEncoding keyEncoding, int countMax, long valueBytesMax) {
    this.body = body;
    this.keyEncoding = keyEncoding;
    this.countMax = countMax;
    this.valueBytesMax = valueBytesMax;
  }

  /// Reads a batch.
  ///
  /// @return what it asks for
  /// @throws ProblemException if it is not a batch
  public BatchRequest batch() {
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
              p ->
                  operation(
                      p,
                      operations.size(),
                      Place.OF_PATH,
                      (_, operation) -> operations.add(operation)));
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
  public Operation.Increment increment(byte[] key) {
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
  public List<byte[]> keys() {
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

  /// Reads a comparison and what is to be done in either case.
  ///
  /// @return what it asks for
  /// @throws ProblemException if it is not of this form
  public ExecuteRequest execute() {
    List<ExecuteRequest.Comparison> compare = new ArrayList<>();
    List<ExecuteRequest.Step> then = new ArrayList<>();
    List<ExecuteRequest.Step> otherwise = new ArrayList<>();
    root((name, parser) -> {
      switch (name) {
        case "compare" ->
            array(
                parser,
                name,
                ProblemType.TOO_MANY_OPERATIONS,
                p -> compare.add(new ComparisonReader().read(p)));
        case "then" -> steps(name, parser, then);
        case "else" -> steps(name, parser, otherwise);
        default -> throw unknown(name, Set.of("compare", "then", "else"));
      }
    });
    return new ExecuteRequest(compare, then, otherwise);
  }

  private void steps(String name, JsonParser parser, List<ExecuteRequest.Step> steps) {
    array(
        parser,
        name,
        ProblemType.TOO_MANY_OPERATIONS,
        p ->
            operation(p, steps.size(), Place.NAMED, (keyspace, o) -> steps.add(step(keyspace, o))));
  }

  private static ExecuteRequest.Step step(@Nullable String keyspace, Operation operation) {
    if (keyspace == null) {
      throw invalid("The member keyspace is missing.");
    }
    return new ExecuteRequest.Step(keyspace, operation);
  }

  /// Whether operations name their keyspace, or the path does.
  private enum Place {
    OF_PATH,
    NAMED
  }

  private interface Found {
    void take(@Nullable String keyspace, Operation operation);
  }

  /// Reads one comparison.
  private final class ComparisonReader {
    private final ValueReader value = new ValueReader(valueBytesMax);
    private @Nullable String keyspace;
    private byte @Nullable [] key;
    private OptionalLong version = OptionalLong.empty();

    ExecuteRequest.Comparison read(JsonParser parser) {
      object(parser, "A comparison", this::member);
      String foundKeyspace = keyspace;
      byte[] foundKey = key;
      if (foundKeyspace == null || foundKey == null) {
        throw invalid("A comparison has the members keyspace and key.");
      }
      if (version.isPresent()) {
        value.dropNull();
      }
      boolean hasValue = !value.isEmpty();
      if (version.isEmpty() && !hasValue) {
        throw invalid("A comparison has a version, a value, or both.");
      }
      return new ExecuteRequest.Comparison(
          foundKeyspace, foundKey, version, hasValue ? value.toValue() : null);
    }

    private void member(String name, JsonParser parser) {
      switch (name) {
        case "keyspace" -> keyspace = ValueReader.string(name, parser);
        case "key" -> key = key(parser);
        case "version" -> {
          if (!ValueReader.isNull(parser)) {
            version = OptionalLong.of(version(name, parser));
          }
        }
        default -> {
          if (!value.take(name, parser, body)) {
            throw unknown(
                name, Set.of("keyspace", "key", "version", "value", "valueBase64", "contentType"));
          }
        }
      }
    }
  }

  private void root(JsonText.Members member) {
    if (!PercentDecoding.isUtf8(body)) {
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

  private static void object(JsonParser parser, String what, JsonText.Members member) {
    if (parser.currentToken() == null) {
      throw Problem.of(ProblemType.MALFORMED_JSON, what + " is empty.").asException();
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw invalid(what + " must be a JSON object.");
    }
    JsonText.readObject(parser, member);
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

  private void operation(JsonParser parser, int index, Place place, Found found) {
    try {
      operation(parser, place, found);
    } catch (ProblemException e) {
      throw e.problem().with("operationIndex", index).asException();
    }
  }

  private void operation(JsonParser parser, Place place, Found found) {
    int[] count = {0};
    object(
        parser,
        "An operation",
        (kind, p) -> {
          if (ValueReader.isNull(p) && KINDS.contains(kind)) {
            return;
          }
          if (count[0]++ > 0) {
            throw invalid("An operation has one member only: put, delete, get or increment.");
          }
          OperationReader reader = new OperationReader(kind, place);
          Operation operation = reader.read(p);
          found.take(reader.keyspace, operation);
        });
    if (count[0] == 0) {
      throw invalid("An operation has one of the members put, delete, get and increment.");
    }
  }

  /// Reads one operation.
  private final class OperationReader {
    private final String kind;
    private final Place place;
    private @Nullable String keyspace;
    private final ValueReader value = new ValueReader(valueBytesMax);
    private final ExpiryReader expiry = new ExpiryReader();
    private byte @Nullable [] key;
    private OptionalLong ifVersion = OptionalLong.empty();
    private long by = 1;
    private long initial;

    OperationReader(String kind, Place place) {
      if (!KINDS.contains(kind)) {
        throw unknown(kind, KINDS);
      }
      this.kind = kind;
      this.place = place;
    }

    Operation read(JsonParser parser) {
      object(parser, "The member " + kind, this::member);
      byte[] found = key;
      if (found == null) {
        throw invalid("The member key is missing.");
      }
      return switch (kind) {
        case "put" -> new Operation.Put(found, value.toValue(), expiry.toExpiry(), ifVersion);
        case "delete" -> new Operation.Delete(found, ifVersion);
        case "increment" -> new Operation.Increment(found, by, initial, ifVersion);
        default -> new Operation.Get(found, ifVersion);
      };
    }

    private void member(String name, JsonParser parser) {
      if (name.equals("key")) {
        key = key(parser);
      } else if (name.equals("ifVersion")) {
        ifVersion = OptionalLong.of(version(name, parser));
      } else if (place == Place.NAMED && name.equals("keyspace")) {
        keyspace = ValueReader.string(name, parser);
      } else if (kind.equals("increment") && name.equals("by")) {
        by = integer(name, parser);
      } else if (kind.equals("increment") && name.equals("initial")) {
        initial = integer(name, parser);
      } else if (!kind.equals("put")
          || !(value.take(name, parser, body) || expiry.take(name, parser))) {
        throw unknown(name, known());
      }
    }

    private Set<String> known() {
      Set<String> known = new TreeSet<>(Set.of("key", "ifVersion"));
      switch (kind) {
        case "put" -> {
          known.addAll(Set.of("value", "valueBase64", "contentType"));
          known.addAll(ExpiryReader.MEMBERS);
        }
        case "increment" -> known.addAll(Set.of("by", "initial"));
        default -> {}
      }
      if (place == Place.NAMED) {
        known.add("keyspace");
      }
      return known;
    }
  }

  private byte[] key(JsonParser parser) {
    return KeyText.ofJson(ValueReader.string("key", parser), keyEncoding);
  }

  private static long version(String name, JsonParser parser) {
    boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
    String text = whole ? parser.getString() : "";
    if (!text.matches("[0-9]{1,18}")) {
      throw invalid(
          "The member "
              + name
              + " must be a version: a whole number of at most 18 digits, 0 for no entry.");
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

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }
}
