package io.lightningdb.server.security;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.problem.Reason;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.RequestBodies;
import io.lightningdb.token.KeyspacePattern;
import io.lightningdb.token.NewToken;
import io.lightningdb.token.Role;
import io.lightningdb.token.Token;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// API tokens: `/v1/admin/tokens`.
@RestController
class TokenController {
  private static final String ALL = "/v1/admin/tokens";
  private static final String ONE = ALL + "/{token}";
  private static final RequestBodies.Limit BODY_LIMIT =
      new RequestBodies.Limit(16 * 1024, ProblemType.BODY_TOO_LARGE);

  private final ApiTokens tokens;
  private final TokenReader reader;
  private final RequestBodies bodies;
  private final boolean asked;

  /// Called by Spring.
  ///
  /// @param tokens keeps them
  /// @param reader reads what is wanted
  /// @param bodies reads bodies
  /// @param environment tells whether anybody is asked for a token
  /// @param settings name the data directory
  TokenController(
      ApiTokens tokens,
      TokenReader reader,
      RequestBodies bodies,
      Environment environment,
      LightningProperties settings) {
    this.tokens = tokens;
    this.reader = reader;
    this.bodies = bodies;
    this.asked = Credentials.areConfigured(environment, settings.directory());
  }

  /// A token as it is answered.
  ///
  /// @param id names it
  /// @param name what its owner calls it
  /// @param roles what it may do
  /// @param keyspaces to which keyspaces
  /// @param createdAt when it was made
  /// @param expiresAt from when on it is void, or null for never
  /// @param lastUsedAt when it was last used, or null for never
  /// @param token its text, when it was just made
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record TokenDocument(
      String id,
      String name,
      List<String> roles,
      List<String> keyspaces,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant lastUsedAt,
      @Nullable String token) {

    private static TokenDocument of(Token token, @Nullable String text) {
      return new TokenDocument(
          token.id(),
          token.name(),
          token.rights().roles().stream().map(Role::word).toList(),
          token.rights().keyspaces().stream().map(KeyspacePattern::text).toList(),
          token.createdAt(),
          token.expiresAt(),
          token.lastUsedAt(),
          text);
    }

    /// Everything but the text: whatever prints this object must not show it.
    @Override
    public String toString() {
      return "TokenDocument[id=" + id + "]";
    }
  }

  /// The tokens.
  ///
  /// @param tokens in the order in which they were made
  record ListDocument(List<TokenDocument> tokens) {}

  /// Lists the tokens, as many as there are: their number is bounded.
  ///
  /// @return what is known of them
  @GetMapping(path = ALL, produces = MediaType.APPLICATION_JSON_VALUE)
  ListDocument list() {
    return new ListDocument(
        tokens.all().stream().map(token -> TokenDocument.of(token, null)).toList());
  }

  /// Describes a token.
  ///
  /// @param id names it
  /// @return what is known of it
  @GetMapping(path = ONE, produces = MediaType.APPLICATION_JSON_VALUE)
  TokenDocument get(@PathVariable("token") String id) {
    Token found = tokens.find(id);
    if (found == null) {
      throw absent();
    }
    return TokenDocument.of(found, null);
  }

  /// Makes a token.
  ///
  /// @param request says what it may do
  /// @param response is told that nobody may keep it
  /// @return 201 with its text, this once
  /// @throws IOException if the body cannot be read, or the token not be kept
  @PostMapping(path = ALL, produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<TokenDocument> create(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!asked) {
      throw Problem.of(ProblemType.SECURITY_OFF, ProblemType.SECURITY_OFF.meaning()).asException();
    }
    Instant now = tokens.now();
    TokenReader.Wanted wanted = reader.read(bodies.readJson(request, BODY_LIMIT), now);
    NewToken made = NewToken.of(wanted.name(), wanted.rights(), now, wanted.expiresAt());
    if (add(made.token()) == ApiTokens.Added.FULL) {
      throw Problem.of(ProblemType.TOKENS_LIMIT, ProblemType.TOKENS_LIMIT.meaning()).asException();
    }
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    return ResponseEntity.created(URI.create(ALL + "/" + made.token().id()))
        .body(TokenDocument.of(made.token(), made.text()));
  }

  private ApiTokens.Added add(Token token) {
    try {
      return tokens.add(token);
    } catch (IOException e) {
      throw notKept(e, "The token could not be kept, and is not valid");
    }
  }

  /// Revokes a token.
  ///
  /// @param id names it
  /// @return 204
  @DeleteMapping(ONE)
  ResponseEntity<Void> revoke(@PathVariable("token") String id) {
    try {
      if (!tokens.revoke(id)) {
        throw absent();
      }
    } catch (IOException e) {
      throw notKept(
          e,
          "The token is void, but would be valid after a restart: that could not be kept, and is tried again every minute");
    }
    return ResponseEntity.noContent().build();
  }

  private static ProblemException absent() {
    return Problem.of(ProblemType.TOKEN_NOT_FOUND, ProblemType.TOKEN_NOT_FOUND.meaning())
        .asException();
  }

  private static ProblemException notKept(IOException cause, String detail) {
    return Problem.of(ProblemType.STORAGE_FAILED, detail + ": " + Reason.of(cause) + ".")
        .asException();
  }
}
