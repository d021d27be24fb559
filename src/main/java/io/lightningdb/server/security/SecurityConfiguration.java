package io.lightningdb.server.security;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.server.problem.ProblemWriter;
import io.lightningdb.server.problem.Reason;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.settings.SecuredDirectoryException;
import io.lightningdb.token.SecuredMark;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.context.request.async.WebAsyncManagerIntegrationFilter;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;

/// Puts Spring Security together: stateless, bearer tokens and nothing else, everything held to [AccessRules].
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(SecurityConfiguration.class);
  private static final String MANAGEMENT_PORT = "management.server.port";

  /// Called by Spring.
  SecurityConfiguration() {}

  /// Holds requests to the table.
  ///
  /// @param actuator what the paths of Actuator begin with
  /// @return knows what each request takes
  @Bean
  RequestAccess requestAccess(
      @Value("${management.endpoints.web.base-path:/actuator}") String actuator) {
    return new RequestAccess(new AccessRules(actuator));
  }

  /// Begins every answer with the headers that it has in any case.
  ///
  /// @param settings say whether answers may be compressed
  /// @return called by Spring
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> answerHeaders(
      LightningProperties settings) {
    Map<String, String> headers = new HashMap<>(AnswerHeaders.ALWAYS);
    if (settings.compression().enabled()) {
      headers.put(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    }
    return factory -> factory.addContextValves(new AnswerHeadersValve(headers));
  }

  /// Spring Security would time each of its steps, at more cost than they have.
  ///
  /// @return no observations
  @Bean
  SecurityObservationSettings securityObservationSettings() {
    return SecurityObservationSettings.noObservations();
  }

  /// Lets every path through: keys hold slashes, semicolons and percent signs, and paths are matched as Spring's mappings match
  /// them, so there is nothing to confuse.
  ///
  /// @return refuses nothing
  @Bean
  HttpFirewall httpFirewall() {
    return new HttpFirewall() {
      @Override
      public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
        return new FirewalledRequest(request) {
          @Override
          public void reset() {
            // Nothing was changed.
          }
        };
      }

      @Override
      public HttpServletResponse getFirewalledResponse(HttpServletResponse response) {
        return response;
      }
    };
  }

  /// What every request goes through.
  ///
  /// @param http to be put together
  /// @param access holds requests to the table
  /// @param callers knows whose a token is
  /// @param denials answers refused requests
  /// @param audit takes administrative actions
  /// @param writer answers requests that mean two things
  /// @param environment has the addresses
  /// @param settings name the data directory
  /// @param database says whether it was ever secured, and that it is
  /// @return the chain
  @Bean
  SecurityFilterChain securityFilterChain(
      HttpSecurity http,
      RequestAccess access,
      BearerCallers callers,
      Denials denials,
      AuditLog audit,
      ProblemWriter writer,
      Environment environment,
      LightningProperties settings,
      Database database) {
    AuditFilter auditFilter = new AuditFilter(access, audit);
    SingleHeaders singleHeaders = new SingleHeaders(writer);
    if (!Credentials.areConfigured(environment, settings.directory())) {
      if (SecuredMark.isSet(database)) {
        // What was restored to a moment behind its backup has the record alone.
        secure(database);
        throw new SecuredDirectoryException(settings.directory());
      }
      ListenAddress.requireLoopback(environment);
      settings.cors().requireNamed();
      LOG.info(
          "No credentials are configured: everybody on this machine may read and change all data, and nobody else can connect");
      return new DefaultSecurityFilterChain(
          AnyRequestMatcher.INSTANCE,
          new OpenAccessFilter(denials, auditFilter, singleHeaders, settings.cors()));
    }
    secure(database);
    LOG.info("Clients must say who they are: credentials are configured");
    if (ListenAddress.isReadOnTheWay(environment)) {
      LOG.warn(
          "Tokens can be read on their way unless something in front of the service has TLS: set server.ssl.bundle");
    }
    http.csrf(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .sessionManagement(AbstractHttpConfigurer::disable)
        .anonymous(AbstractHttpConfigurer::disable)
        .securityContext(context ->
            context.securityContextRepository(new RequestAttributeSecurityContextRepository()))
        // Actuator asks the request for the roles of its caller, and shows the parts of health by
        // them.
        .servletApi(Customizer.withDefaults())
        // Those of Spring Security look at each answer when it goes out, and wrap it for that.
        .headers(AbstractHttpConfigurer::disable)
        .addFilterBefore(new AnswerHeaders(), SecurityContextHolderFilter.class)
        .addFilterAfter(singleHeaders, AnswerHeaders.class)
        .oauth2ResourceServer(server ->
            server
                .authenticationManagerResolver(_ -> callers)
                .authenticationEntryPoint(denials)
                .accessDeniedHandler(denials))
        .exceptionHandling(
            handling -> handling.authenticationEntryPoint(denials).accessDeniedHandler(denials))
        .authorizeHttpRequests(requests -> requests.anyRequest().access(access))
        .addFilterAfter(auditFilter, AuthorizationFilter.class);
    return synchronous(http.build());
  }

  /// Has the database say that it is secured. Where it says so already and cannot be written to, as on a full disk, the rest has to wait for
  /// the next start.
  private static void secure(Database database) {
    try {
      SecuredMark.set(database);
    } catch (EngineException e) {
      if (!SecuredMark.isSet(database)) {
        throw e;
      }
      LOG.warn(
          "The archive of the log will not say that the database is secured: {}", Reason.of(e));
    }
  }

  /// Has the web server call a chain that is nothing but [OpenAccessFilter] without Spring Security between them. One of both is always
  /// registered, and never both. A management port of its own has Spring Security registered by the same object, so there it stays.
  ///
  /// @param chain what every request goes through
  /// @param security has the web server call Spring Security
  /// @param environment tells whether there is a management port
  /// @return takes its place, or is switched off
  @Bean
  static FilterRegistrationBean<Filter> openAccess(
      SecurityFilterChain chain,
      DelegatingFilterProxyRegistrationBean security,
      Environment environment) {
    Filter first = chain.getFilters().getFirst();
    boolean open =
        first instanceof OpenAccessFilter && !environment.containsProperty(MANAGEMENT_PORT);
    FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(first);
    registration.setName("openAccess");
    registration.setOrder(security.getOrder());
    registration.setEnabled(open);
    security.setEnabled(!open);
    return registration;
  }

  /// Answers browsers before anyone is asked who they are, if pages of other origins are allowed.
  ///
  /// @param settings name the origins
  /// @return called by Spring
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> corsAnswers(
      LightningProperties settings) {
    return CorsAnswers.customizer(settings.cors());
  }

  /// Leaves out what hands the caller on to other threads: every request is answered by the thread that it came to.
  private static SecurityFilterChain synchronous(DefaultSecurityFilterChain chain) {
    List<Filter> filters =
        chain.getFilters().stream()
            .filter(filter -> !(filter instanceof WebAsyncManagerIntegrationFilter))
            .toList();
    return new DefaultSecurityFilterChain(chain.getRequestMatcher(), filters);
  }
}
