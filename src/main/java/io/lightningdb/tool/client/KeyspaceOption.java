package io.lightningdb.tool.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// In which keyspace.
final class KeyspaceOption {
  static final String KEYSPACE = "LIGHTNING_KEYSPACE";
  private static final String DEFAULT = "default";

  @Option(
      names = {"-k", "--keyspace"},
      paramLabel = "KEYSPACE",
      completionCandidates = KeyspaceNames.class,
      description = "In which keyspace. Default: LIGHTNING_KEYSPACE, or " + DEFAULT + ".")
  private @Nullable String keyspace;

  KeyspaceOption() {}

  boolean isGiven() {
    return keyspace != null;
  }

  String name(Session session) {
    String variable = session.variable(KEYSPACE);
    return keyspace != null ? keyspace : variable != null ? variable : DEFAULT;
  }

  String path(Session session) {
    return "/v1/keyspaces/" + Request.encoded(name(session));
  }
}
