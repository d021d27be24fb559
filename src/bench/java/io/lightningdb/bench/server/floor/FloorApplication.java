package io.lightningdb.bench.server.floor;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.OAuth2ResourceServerWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;

/// What remains of the service without all of its own classes, and without Spring Security, which would ask for a password. The profile keeps it out of the service's tests, which look for
/// components in the packages around it.
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
    exclude = {
      ManagementWebSecurityAutoConfiguration.class,
      OAuth2ResourceServerAutoConfiguration.class,
      OAuth2ResourceServerWebSecurityAutoConfiguration.class,
      SecurityAutoConfiguration.class,
      SecurityFilterAutoConfiguration.class,
      ServletWebSecurityAutoConfiguration.class,
      UserDetailsServiceAutoConfiguration.class
    })
@Import(FloorController.class)
@Profile(FloorApplication.PROFILE)
public class FloorApplication {
  static final String PROFILE = "floor";

  FloorApplication() {}

  /// Starts it.
  ///
  /// @param arguments settings in the form `--name=value`
  public static void main(String[] arguments) {
    SpringApplication application = new SpringApplication(FloorApplication.class);
    application.setAdditionalProfiles(PROFILE);
    application.run(arguments);
  }

  /// The class that whoever copies this one needs too.
  ///
  /// @return the controller
  public static Class<?> controller() {
    return FloorController.class;
  }
}
