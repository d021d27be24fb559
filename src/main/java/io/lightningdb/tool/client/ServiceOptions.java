package io.lightningdb.tool.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// Which service a client command talks to, and how: the options that all of them have.
final class ServiceOptions {
  static final String URL = "LIGHTNING_URL";
  static final String TOKEN = "LIGHTNING_TOKEN";
  static final String CACERT = "LIGHTNING_CACERT";
  static final String CERT = "LIGHTNING_CERT";
  static final String KEY = "LIGHTNING_KEY";
  static final String URL_DEFAULT = "http://127.0.0.1:8080";

  private static final Duration SILENCE_MAX = Duration.ofMinutes(2);
  private static final Pattern TOKEN_FORM = Pattern.compile("[A-Za-z0-9._~+/=-]+");

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Where the service is. Default: LIGHTNING_URL, or " + URL_DEFAULT + ".")
  private @Nullable String url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file with the token. Default: the token in LIGHTNING_TOKEN, if it is set.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description =
          "Certificates (PEM) of the authorities to trust in place of those of the JDK. Default: LIGHTNING_CACERT.")
  private @Nullable Path authorities;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Certificate of the client (PEM), with its chain. Default: LIGHTNING_CERT.")
  private @Nullable Path certificate;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "Its private key (PEM, PKCS #8, not encrypted). Default: LIGHTNING_KEY.")
  private @Nullable Path key;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description =
          "How long an answer may take, "
              + DurationText.FORM
              + "; the service gives up then. Default: as the service has it, and 2m of silence.")
  private @Nullable Duration timeout;

  @Option(
      names = "--json",
      description = "JSON as the service gives it, one object a line; problems too.")
  private boolean json;

  ServiceOptions() {}

  boolean json() {
    return json;
  }

  /// The service.
  ///
  /// @throws ClientException if a file that was named is of no use
  Service open(Session session) throws ClientException {
    URI base = address(session);
    Path trusted = path(authorities, session, CACERT);
    Path own = path(certificate, session, CERT);
    Path secret = path(key, session, KEY);
    if ((own == null) != (secret == null)) {
      throw misuse("--cert and --key go together.");
    }
    boolean secured = base.getScheme().equals("https");
    if (!secured && (authorities != null || certificate != null)) {
      throw misuse("--cacert, --cert and --key are for addresses that begin with https://.");
    }
    return new Service(
        base,
        token(session),
        secured && (trusted != null || own != null) ? Tls.factory(trusted, own, secret) : null,
        timeout,
        timeout == null ? SILENCE_MAX : timeout,
        session,
        json);
  }

  /// What an inner command needs in its environment to talk to the same service.
  Map<String, String> asEnvironment(Session session) throws ClientException {
    Map<String, String> variables = new HashMap<>(session.environment());
    variables.put(URL, address(session).toString());
    put(variables, TOKEN, token(session));
    put(variables, CACERT, path(authorities, session, CACERT));
    put(variables, CERT, path(certificate, session, CERT));
    put(variables, KEY, path(key, session, KEY));
    return variables;
  }

  private static void put(Map<String, String> variables, String name, @Nullable Object value) {
    if (value != null) {
      variables.put(name, value.toString());
    }
  }

  private static @Nullable Path path(@Nullable Path named, Session session, String variable) {
    String other = session.variable(variable);
    return named != null || other == null ? named : Path.of(other);
  }

  private URI address(Session session) {
    String variable = session.variable(URL);
    String name = url != null ? "--url" : URL;
    String text = url != null ? url : variable != null ? variable : URL_DEFAULT;
    try {
      URI found = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      String scheme = found.getScheme();
      if (!"http".equals(scheme) && !"https".equals(scheme)) {
        throw misuse(name + "=" + text + " does not begin with http:// or https://.");
      }
      if (found.getUserInfo() != null) {
        throw misuse(name + " has a user in it; tokens are given by --token-file.");
      }
      if (found.getHost() == null || found.getQuery() != null || found.getFragment() != null) {
        throw misuse(name + "=" + text + " is not an address such as " + URL_DEFAULT + ".");
      }
      return found;
    } catch (URISyntaxException _) {
      throw misuse(name + "=" + text + " is not an address such as " + URL_DEFAULT + ".");
    }
  }

  private @Nullable String token(Session session) throws ClientException {
    String variable = session.variable(TOKEN);
    if (tokenFile == null && variable == null) {
      return null;
    }
    String text =
        tokenFile == null
            ? String.valueOf(variable)
            : new String(LocalFiles.read(tokenFile), StandardCharsets.UTF_8);
    String token = text.strip();
    if (!TOKEN_FORM.matcher(token).matches()) {
      // What it holds may be a secret all the same.
      throw new ClientException(
          ClientExit.DENIED,
          (tokenFile == null ? TOKEN : tokenFile) + " does not hold one token and nothing else.");
    }
    return token;
  }

  ParameterException misuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
