package io.lightningdb.server.web;

import io.lightningdb.server.problem.ProblemReportValve;
import io.lightningdb.server.problem.ProblemWriter;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Makes the web server pass every key on as it was sent, leave bodies alone, and answer its own errors as problems.
@Configuration(proxyBeanMethods = false)
class TomcatConfiguration {

  /// Called by Spring.
  TomcatConfiguration() {}

  /// Adjusts the web server before it starts.
  ///
  /// @param writer writes the problems
  /// @return called by Spring
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcat(ProblemWriter writer) {
    return problems(writer);
  }

  /// Adjusts a web server, that of the service or that of a management port of its own.
  ///
  /// @param writer writes the problems
  /// @return called by Spring
  static WebServerFactoryCustomizer<TomcatServletWebServerFactory> problems(ProblemWriter writer) {
    return factory -> {
      factory.addConnectorCustomizers(TomcatConfiguration::passKeysOn);
      factory.addContextCustomizers(context -> answerProblems(context, writer));
    };
  }

  private static void passKeysOn(Connector connector) {
    connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
    connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
    // A body is never read as a form: it is a value, whatever its media type.
    connector.setParseBodyMethods("");
  }

  private static void answerProblems(Context context, ProblemWriter writer) {
    if (context.getParent() instanceof StandardHost host) {
      // The host adds a valve of the named class only if it has none, so it keeps this one.
      host.setErrorReportValveClass(ProblemReportValve.class.getName());
      host.getPipeline().addValve(new ProblemReportValve(writer));
    }
  }
}
