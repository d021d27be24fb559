package io.lightningdb.server.security;

import io.lightningdb.engine.EngineException;
import io.lightningdb.server.settings.OpenAddressException;
import io.lightningdb.server.settings.SecuredDirectoryException;
import io.lightningdb.token.SecuredMark;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/// Stops the start if the service would listen on a network without asking who a client is. Called by Spring once the environment
/// is complete and before anything is opened, and again when it is decided whether clients are asked.
public final class ListenAddress
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  private static final String SERVER = "server.address";
  private static final String MANAGEMENT = "management.server.address";
  private static final String MANAGEMENT_PORT = "management.server.port";
  private static final String NO_PORT = "-1";
  private static final List<String> TLS =
      List.of("server.ssl.bundle", "server.ssl.key-store", "server.ssl.certificate");

  /// Called by Spring.
  public ListenAddress() {}

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    Environment settings = context.getEnvironment();
    Path directory = Path.of(settings.getProperty("lightning.data-directory", "data"));
    if (!Credentials.areConfigured(settings, directory)) {
      requireNeverSecured(directory);
      requireLoopback(settings);
    }
  }

  /// A directory that cannot be read stops the start a moment later, and with better words.
  private static void requireNeverSecured(Path directory) {
    boolean secured;
    try {
      secured = SecuredMark.isSet(directory);
    } catch (EngineException _) {
      return;
    }
    if (secured) {
      throw new SecuredDirectoryException(directory);
    }
  }

  /// Looks at the addresses of the service and of its management port.
  ///
  /// @param settings what the service is started with
  /// @throws OpenAddressException if others can reach one of them
  static void requireLoopback(Environment settings) {
    require(settings, SERVER);
    if (!settings.getProperty(MANAGEMENT_PORT, NO_PORT).equals(NO_PORT)) {
      require(settings, MANAGEMENT);
    }
  }

  private static void require(Environment settings, String name) {
    String address = settings.getProperty(name, "");
    if (!isLoopback(address)) {
      throw new OpenAddressException(name, address);
    }
  }

  /// Tells whether tokens could be read on their way: others reach the service, and it has no TLS of its own.
  ///
  /// @param settings what the service is started with
  /// @return true if only something in front of the service can keep them secret
  static boolean isReadOnTheWay(Environment settings) {
    boolean plain =
        TLS.stream().allMatch(name -> settings.getProperty(name, "").isBlank())
            || settings.getProperty("server.ssl.enabled", "").equals("false");
    return plain && !isLoopback(settings.getProperty(SERVER, ""));
  }

  /// Tells whether only this machine reaches an address.
  ///
  /// @param address as in a setting; empty means all addresses
  /// @return false also for what is no address: the web server says so itself
  static boolean isLoopback(String address) {
    try {
      return !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException _) {
      return false;
    }
  }

  /// Tells whether a name can only mean this machine, whatever a name server says.
  ///
  /// @param host as in a header or an origin
  /// @return true for localhost, the names below it (RFC 6761), and loopback addresses
  static boolean isLoopbackName(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.equals("localhost") || name.endsWith(".localhost")) {
      return true;
    }
    try {
      String address = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
      return InetAddress.ofLiteral(address).isLoopbackAddress();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
