package io.lightningdb.tool;

import io.lightningdb.token.KeyspacePattern;
import io.lightningdb.token.Role;
import io.lightningdb.token.Token;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Lists tokens.
@Command(
    name = "list",
    header = "Lists the tokens.",
    description =
        "A line for each, in the order in which they were made: id, name, roles, keyspaces, and when it"
            + " was made, expires and was last used. Nothing shows the text of a token: only its hash is"
            + " kept.")
final class TokenList implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIRECTORY", description = "The data directory.")
  private Path directory;

  TokenList() {}

  @Override
  public Integer call() throws IOException, NotADatabaseException {
    PrintWriter out = spec.commandLine().getOut();
    Instant now = Instant.now();
    try (TokenDirectory tokens = TokenDirectory.find(directory)) {
      tokens.tokens().all().forEach(token -> out.println(line(token, now)));
    }
    return ExitCode.OK;
  }

  /// What is known of a token, in words.
  static String line(Token token, Instant now) {
    String expiry =
        token.expiresAt() == null
            ? "never expires"
            : (token.isExpired(now) ? "expired " : "expires ") + token.expiresAt();
    String use = token.lastUsedAt() == null ? "never used" : "last used " + token.lastUsedAt();
    return "%s \"%s\" %s of %s, made %s, %s, %s"
        .formatted(
            token.id(),
            token.name(),
            token.rights().roles().stream().map(Role::word).collect(Collectors.joining(",")),
            token.rights().keyspaces().stream()
                .map(KeyspacePattern::text)
                .collect(Collectors.joining(",")),
            token.createdAt(),
            expiry,
            use);
  }
}
