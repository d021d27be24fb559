package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Expiry;
import io.lightningdb.server.Headers;
import io.lightningdb.server.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.function.Function;

/// The headers `Lightning-Ttl` and `Lightning-Expires-At`, and the query parameter `ttl`.
public final class ExpiryParameters {
  /// The query parameter that says the same as the header.
  public static final String TTL = "ttl";

  private ExpiryParameters() {}

  /// When what a request writes expires.
  ///
  /// @param request has the headers
  /// @param query has the parameter
  /// @return what one of them says, or what the keyspace says
  /// @throws io.lightningdb.server.problem.ProblemException if more than one is given, or it is not as it should be
  public static Expiry of(HttpServletRequest request, Query query) {
    Optional<Expiry> header = read(request, Headers.TTL, ExpiryText::ttl);
    Optional<Expiry> moment = read(request, Headers.EXPIRES_AT, ExpiryText::expiresAt);
    Optional<Expiry> parameter = query.text(TTL).map(text -> read(TTL, text, ExpiryText::ttl));
    if (header.isPresent() && parameter.isPresent()) {
      throw Query.invalid(TTL, "says the same as the header " + Headers.TTL + ": send one of them");
    }
    if (moment.isPresent() && (header.isPresent() || parameter.isPresent())) {
      throw Query.invalid(
          Headers.EXPIRES_AT, "and a time to live exclude each other: send one of them");
    }
    return moment.or(() -> header).or(() -> parameter).orElse(Expiry.byDefault());
  }

  private static Optional<Expiry> read(
      HttpServletRequest request, String name, Function<String, Expiry> reader) {
    return Optional.ofNullable(request.getHeader(name)).map(text -> read(name, text, reader));
  }

  private static Expiry read(String name, String text, Function<String, Expiry> reader) {
    try {
      return reader.apply(text.strip());
    } catch (IllegalArgumentException e) {
      throw Query.invalid(name, String.valueOf(e.getMessage()));
    } catch (EngineException.LimitExceeded e) {
      throw Query.outOfRange(name, e);
    }
  }
}
