package io.lightningdb.server.security;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.token.KeyspacePattern;
import io.lightningdb.token.Role;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Tells callers who they are and what they may do: `/v1/caller`.
@RestController
class CallerController {
  private static final String NOT_BUILT = "not built by Maven";

  private final ServiceDocument service;

  /// Called by Spring.
  ///
  /// @param context knows when it was started
  /// @param build knows the version
  CallerController(ApplicationContext context, ObjectProvider<BuildProperties> build) {
    BuildProperties known = build.getIfAvailable();
    String version = known == null ? null : known.getVersion();
    this.service =
        new ServiceDocument(
            "Lightning DB",
            version == null ? NOT_BUILT : version,
            Instant.ofEpochMilli(context.getStartupDate()));
  }

  /// Which service this is.
  ///
  /// @param name of the product
  /// @param version of the product
  /// @param startedAt when it was started
  record ServiceDocument(String name, String version, Instant startedAt) {}

  /// Who asks.
  ///
  /// @param id tells callers apart, or null where no token is asked for
  /// @param name what people call it
  /// @param roles what it may do, with all that this includes
  /// @param keyspaces to which keyspaces
  /// @param secured whether the service asks callers who they are
  /// @param expiresAt from when on its token is void, or null for never
  /// @param service which service this is
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record CallerDocument(
      @Nullable String id,
      String name,
      List<String> roles,
      List<String> keyspaces,
      boolean secured,
      @Nullable Instant expiresAt,
      ServiceDocument service) {}

  /// Describes the caller.
  ///
  /// @return what its token says
  @GetMapping(path = "/v1/caller", produces = MediaType.APPLICATION_JSON_VALUE)
  CallerDocument caller() {
    Caller caller = Caller.current();
    return new CallerDocument(
        caller.isKnown() ? caller.id() : null,
        caller.name(),
        Arrays.stream(Role.values()).filter(caller.rights()::include).map(Role::word).toList(),
        caller.rights().keyspaces().stream().map(KeyspacePattern::text).toList(),
        caller.isKnown(),
        caller.expiresAt(),
        service);
  }
}
