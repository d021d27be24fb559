package io.lightningdb.tool;

import io.lightningdb.token.KeyspacePattern;
import io.lightningdb.token.NewToken;
import io.lightningdb.token.Rights;
import io.lightningdb.token.Role;
import io.lightningdb.token.Token;
import io.lightningdb.token.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Makes a token.
@Command(
    name = "create",
    header = "Makes a token and shows it, this once.",
    description =
        "The token alone is written to standard output, what is known of it to standard error. The"
            + " directory is made if it is missing, so that the first token can be there before the first"
            + " start.")
final class TokenCreate implements Callable<Integer> {
  private static final Duration TTL_MIN = Duration.ofSeconds(1);
  private static final Duration TTL_MAX = Duration.ofDays(3660);

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIRECTORY", description = "The data directory.")
  private Path directory;

  @Option(names = "--name", required = true, description = "What you call it: " + Token.NAME_FORM)
  private String name;

  @Option(
      names = "--role",
      required = true,
      split = ",",
      description = "What it may do: reader, writer, operator or admin, or several of them.")
  private List<String> roles;

  @Option(
      names = "--keyspaces",
      required = true,
      split = ",",
      description = "To which keyspaces: " + KeyspacePattern.FORM + " for all, or several of them.")
  private List<String> keyspaces;

  @Option(
      names = "--ttl",
      description = "How long it is valid, as PT12H or P90D. Default: for ever.")
  private @Nullable Duration ttl;

  TokenCreate() {}

  @Override
  public Integer call() throws IOException {
    // To the second: fractions would only be hard to read.
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    NewToken made = NewToken.of(checkedName(), rights(), now, expiry(now));
    try (TokenDirectory tokens = TokenDirectory.make(directory)) {
      Tokens before = tokens.tokens();
      if (before.isFull()) {
        throw misuse(
            "There are %d tokens, and there can be no more. Revoke those that are not needed."
                .formatted(Tokens.COUNT_MAX));
      }
      tokens.replace(before.with(made.token()));
    }
    spec.commandLine().getOut().println(made.text());
    spec.commandLine().getErr().println(TokenList.line(made.token(), now));
    return ExitCode.OK;
  }

  private String checkedName() {
    if (!Token.isName(name)) {
      throw misuse("--name=" + name + " is not " + Token.NAME_FORM + ".");
    }
    return name;
  }

  private Rights rights() {
    Set<Role> found = new LinkedHashSet<>();
    for (String role : roles) {
      found.add(
          Role.find(role)
              .orElseThrow(() ->
                  misuse("--role=" + role + " is none of " + String.join(", ", Role.words()))));
    }
    if (keyspaces.size() > Token.PATTERNS_MAX) {
      throw misuse(
          "--keyspaces has %d patterns; allowed are %d."
              .formatted(keyspaces.size(), Token.PATTERNS_MAX));
    }
    List<KeyspacePattern> patterns = keyspaces.stream().map(this::pattern).toList();
    return Rights.of(found, patterns);
  }

  private KeyspacePattern pattern(String text) {
    return KeyspacePattern.find(text)
        .orElseThrow(() -> misuse("--keyspaces=" + text + " is not " + KeyspacePattern.FORM + "."));
  }

  private @Nullable Instant expiry(Instant now) {
    if (ttl == null) {
      return null;
    }
    if (ttl.compareTo(TTL_MIN) < 0 || ttl.compareTo(TTL_MAX) > 0) {
      throw misuse("--ttl=" + ttl + " is not from " + TTL_MIN + " to " + TTL_MAX + ".");
    }
    return now.plus(ttl);
  }

  private ParameterException misuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
