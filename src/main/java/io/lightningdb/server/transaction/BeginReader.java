package io.lightningdb.server.transaction;

import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.TransactionOptions;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.settings.Nearest;
import io.lightningdb.server.web.JsonObjects;
import io.lightningdb.server.web.Words;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/// Reads how a client wants a transaction to behave.
@Component
class BeginReader {
  private static final Set<String> KNOWN = Set.of("isolation", "readOnly", "lease", "deadline");

  private final JsonObjects objects;
  private final LightningProperties.Transactions limits;

  /// Called by Spring.
  ///
  /// @param objects reads JSON
  /// @param settings has the limits
  BeginReader(JsonObjects objects, LightningProperties settings) {
    this.objects = objects;
    this.limits = settings.transactions();
  }

  /// Reads a body.
  ///
  /// @param body a JSON object, null, or nothing at all
  /// @return the options wanted
  /// @throws ProblemException if the body is not such an object
  TransactionOptions read(byte[] body) {
    TransactionOptions wanted =
        TransactionOptions.defaults().withLease(limits.leaseDefault()).withAgeMax(limits.ageMax());
    for (Map.Entry<String, JsonNode> member : objects.readOptional(body).properties()) {
      wanted = with(wanted, member.getKey(), member.getValue());
    }
    return wanted;
  }

  private TransactionOptions with(TransactionOptions options, String name, JsonNode value) {
    return switch (name) {
      case "isolation" -> options.withIsolation(isolation(value));
      case "readOnly" -> options.withAccess(access(value));
      case "lease" -> options.withLease(duration(name, value));
      case "deadline" -> options.withAgeMax(duration(name, value));
      default -> {
        String nearest = Nearest.to(name, KNOWN);
        String detail = "There is no member %s; the nearest one is %s.".formatted(name, nearest);
        throw Problem.of(ProblemType.INVALID_CONTENT, detail)
            .with("nearest", nearest)
            .asException();
      }
    };
  }

  private static Isolation isolation(JsonNode value) {
    return Words.find(Isolation.class, value.isString() ? value.stringValue() : "")
        .orElseThrow(() ->
            invalid("The member isolation must be one of " + Words.list(Isolation.class) + "."));
  }

  private static TransactionOptions.Access access(JsonNode value) {
    if (!value.isBoolean()) {
      throw invalid("The member readOnly must be true or false.");
    }
    return value.booleanValue()
        ? TransactionOptions.Access.READ_ONLY
        : TransactionOptions.Access.READ_WRITE;
  }

  private Duration duration(String name, JsonNode value) {
    Duration duration;
    try {
      duration = Duration.parse(value.isString() ? value.stringValue() : "");
    } catch (DateTimeParseException _) {
      throw invalid("The member " + name + " must be a duration such as \"PT30S\".");
    }
    if (duration.compareTo(Duration.ofMillis(1)) < 0 || duration.compareTo(limits.ageMax()) > 0) {
      throw outside(name, duration);
    }
    return duration;
  }

  private ProblemException outside(String name, Duration duration) {
    String detail =
        "The member %s is %s; it must be PT0.001S to %s."
            .formatted(name, duration, limits.ageMax());
    return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }
}
