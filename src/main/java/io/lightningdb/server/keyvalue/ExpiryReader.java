package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Expiry;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/// Collects the members of a JSON object that tell when an entry expires: `ttl` or `expiresAt`. *Not thread-safe.*
///
/// `expiresAt` may be null, for never. Null beside the other member counts as not given: generated clients send null
/// for what they were not given.
public final class ExpiryReader {
  /// Names of the members.
  public static final Set<String> MEMBERS = Set.of("ttl", "expiresAt");

  private @Nullable Expiry expiry;
  private boolean isTtlNull;
  private boolean isExpiresAtNull;

  /// Collects nothing yet.
  public ExpiryReader() {}

  /// Takes a member, if it is one of these.
  ///
  /// @param name name of the member
  /// @param parser at its value
  /// @return true if it was taken
  /// @throws ProblemException if its value is not as it must be, or both members are there
  public boolean take(String name, JsonParser parser) {
    if (!MEMBERS.contains(name)) {
      return false;
    }
    if (ValueReader.isNull(parser)) {
      isTtlNull |= name.equals("ttl");
      isExpiresAtNull |= name.equals("expiresAt");
      return true;
    }
    if (expiry != null) {
      throw invalid("There can be one of the members ttl and expiresAt, and once only.");
    }
    expiry = read(name, parser, name.equals("ttl") ? ExpiryText::ttl : ExpiryText::expiresAt);
    return true;
  }

  private static Expiry read(String name, JsonParser parser, Function<String, Expiry> reader) {
    try {
      return reader.apply(ValueReader.string(name, parser));
    } catch (IllegalArgumentException e) {
      throw invalid("The member " + name + " " + e.getMessage() + ".");
    } catch (EngineException.LimitExceeded e) {
      String detail = "The member " + name + " is out of range: " + e.getMessage() + ".";
      throw Problem.of(ProblemType.INVALID_CONTENT, detail)
          .withLimit(e.limit(), e.actual())
          .asException();
    }
  }

  /// What the members tell.
  ///
  /// @return what the keyspace says if they tell nothing
  /// @throws ProblemException if all there is is a `ttl` of null
  public Expiry toExpiry() {
    Expiry told = expiry;
    if (told != null) {
      return told;
    }
    if (isTtlNull && !isExpiresAtNull) {
      throw invalid("The member ttl must be a string.");
    }
    return isExpiresAtNull ? Expiry.never() : Expiry.byDefault();
  }

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }
}
