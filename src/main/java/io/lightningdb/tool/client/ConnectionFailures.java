package io.lightningdb.tool.client;

import io.lightningdb.engine.io.FailureText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What it means, in words and as an exit code, that a connection did not come about or broke.
final class ConnectionFailures {
  private static final String WHERE = " --url or LIGHTNING_URL says where the service is.";

  private ConnectionFailures() {}

  static ClientException of(URI base, Request request, IOException failure) {
    return switch (failure) {
      case UnknownHostException _ ->
          unreachable("There is no host " + base.getHost() + "." + WHERE, failure);
      case ConnectException _ when isRefused(failure) ->
          unreachable(
              "Nothing listens at " + base + ": start the service there, or name another." + WHERE,
              failure);
      case SocketTimeoutException _ ->
          unreachable(base + " does not take connections." + WHERE, failure);
      case ConnectException _, NoRouteToHostException _ ->
          unreachable(base + " is not reached: " + FailureText.of(failure) + "." + WHERE, failure);
      case SSLException secured -> untrusted(base, secured);
      default -> cut(base, request, failure);
    };
  }

  private static boolean isRefused(IOException failure) {
    return FailureText.of(failure).toLowerCase(Locale.ROOT).contains("refused");
  }

  private static ClientException unreachable(String message, IOException failure) {
    return new ClientException(ClientExit.UNREACHABLE, message, failure);
  }

  private static ClientException cut(URI base, Request request, IOException failure) {
    String outcome =
        request.changes()
            ? " Whether it did what was asked is not known: look before you repeat it."
            : " Repeat it.";
    String certificate =
        base.getScheme().equals("https")
            ? " A service that wants a certificate of the client ends connections without one: --cert and --key."
            : "";
    return new ClientException(
        ClientExit.SERVICE_FAILED,
        "The connection to %s ended before the answer did (%s).%s"
            .formatted(base, FailureText.of(failure), outcome + certificate),
        failure);
  }

  private static ClientException untrusted(URI base, SSLException failure) {
    return new ClientException(ClientExit.UNTRUSTED, reason(base, failure), failure);
  }

  private static String reason(URI base, SSLException failure) {
    String host = base.getHost();
    if (caused(failure, CertificateExpiredException.class) != null) {
      return "The certificate of " + host + " has expired.";
    }
    if (caused(failure, CertificateNotYetValidException.class) != null) {
      return "The certificate of "
          + host
          + " is not valid yet. Is the clock of this machine right?";
    }
    if (caused(failure, CertPathBuilderException.class) != null) {
      return "The certificate of "
          + host
          + " is of no authority that is trusted here. Name its authority by --cacert.";
    }
    Throwable certificate = caused(failure, CertificateException.class);
    if (certificate != null) {
      return "The certificate of "
          + host
          + " does not do: "
          + FailureText.of(certificate)
          + ". Name the authority by --cacert, and the host as its certificate does.";
    }
    String text = FailureText.of(failure);
    if (text.contains("certificate_required") || text.contains("bad_certificate")) {
      return "The service wants another certificate of the client ("
          + text
          + "): --cert and --key.";
    }
    return text.contains("Unsupported or unrecognized SSL message")
        ? base + " speaks no TLS. Is the address http:// and not https://?"
        : "There is no secure connection to " + base + ": " + text + ".";
  }

  private static @Nullable Throwable caused(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return each;
      }
    }
    return null;
  }
}
