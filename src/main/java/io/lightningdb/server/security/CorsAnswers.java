package io.lightningdb.server.security;

import io.lightningdb.server.Headers;
import io.lightningdb.server.settings.Cors;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.Host;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;

/// Tells browsers that pages of the origins in `lightning.cors.allowed-origins` may call the service and read its answers (CORS).
///
/// It stands in the web server, before everything that answers: a page can read why it was refused, whatever refused it, be it the web server
/// that did not read the head to its end. A preflight carries no credentials, and is answered alike for every path, whether or not there
/// is anything. Requests of other origins go on untouched, and are answered or refused as if there were no such setting; their browser
/// does not show the answer. Spring's `CorsFilter` would refuse them by itself, those of the service's own pages behind a proxy among them,
/// and not with a problem. Cookies and the like are never asked for: a page sends its token in `Authorization`.
final class CorsAnswers extends ValveBase {

  /// Headers that each answer to an allowed origin has; whatever makes an answer anew keeps them
  /// ([io.lightningdb.server.problem.ProblemWriter]).
  static final String EXPOSED =
      String.join(
          ", ",
          List.of(
              HttpHeaders.ETAG,
              Headers.VERSION,
              Headers.DURABILITY,
              Headers.EXPIRES_AT,
              "Idempotency-Replayed",
              HttpHeaders.LINK,
              HttpHeaders.LOCATION,
              HttpHeaders.RETRY_AFTER,
              HttpHeaders.ACCEPT_RANGES,
              HttpHeaders.CONTENT_RANGE,
              HttpHeaders.CONTENT_DISPOSITION,
              HttpHeaders.ALLOW,
              HttpHeaders.WWW_AUTHENTICATE));

  private static final String METHODS = "GET, HEAD, PUT, POST, DELETE";
  private static final String ALL = "*";
  // All but this one are meant by the star.
  private static final String ALL_HEADERS = "*, " + HttpHeaders.AUTHORIZATION;
  private static final String SECONDS = "600";

  private final Cors settings;

  /// Allows origins.
  ///
  /// @param settings name them
  CorsAnswers(Cors settings) {
    super(true);
    this.settings = settings;
  }

  /// Puts it into a web server, that of the service or that of a management port of its own.
  ///
  /// @param settings name the origins; if there is none, nothing is put there
  /// @return called by Spring
  static WebServerFactoryCustomizer<TomcatServletWebServerFactory> customizer(Cors settings) {
    return factory -> {
      if (settings.isSet()) {
        factory.addContextCustomizers(context -> putBefore(context, settings));
      }
    };
  }

  /// The web server does not come as far as the context with a head that it cannot read.
  private static void putBefore(Context context, Cors settings) {
    if (context.getParent() instanceof Host host) {
      host.getPipeline().addValve(new CorsAnswers(settings));
    }
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    // A cache must not answer one origin with what another was told.
    response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    boolean unread = origin == null && response.isError();
    String allowed = unread ? ofUnread() : allowed(origin);
    if (allowed == null) {
      getNext().invoke(request, response);
      return;
    }
    response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    if (isPreflight(request, unread)) {
      answer(request, response, unread);
    } else {
      response.setHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
      getNext().invoke(request, response);
    }
  }

  private @Nullable String allowed(@Nullable String origin) {
    if (origin == null || !settings.allows(origin)) {
      return null;
    }
    return settings.allowsAll() ? ALL : origin;
  }

  /// The refusal of a head that was not read as far as its origin says nothing but that: of several origins each may read it.
  private String ofUnread() {
    return settings.only().orElse(ALL);
  }

  /// Of a head that was not read the method is known, and a browser sends that one of itself to ask only. If this were refused, the page
  /// would not get to see why.
  private static boolean isPreflight(Request request, boolean unread) {
    return HttpMethod.OPTIONS.matches(request.getMethod())
        && (unread || request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null);
  }

  private static void answer(Request request, Response response, boolean unread) {
    response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
    response.setStatus(HttpStatus.NO_CONTENT.value());
    response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    // The calls themselves refuse headers that they do not take, in words that a page can read.
    String asked =
        unread ? ALL_HEADERS : request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
    if (asked != null && !asked.isBlank()) {
      response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, asked);
    }
    response.setHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, SECONDS);
  }
}
