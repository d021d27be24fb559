package io.lightningdb;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// The entry point: starts the server.
@SpringBootApplication(proxyBeanMethods = false)
public class LightningDbApplication {

  /// Called by Spring; the application has no state of its own.
  LightningDbApplication() {}

  /// Starts the server and returns once it answers requests; threads of the server keep the process alive.
  ///
  /// @param args settings in the form `--name=value`, which override those of files and of the environment
  public static void main(String[] args) {
    serve(args);
  }

  /// Starts the server and returns once it answers requests; threads of the server keep the process alive. If it cannot start,
  /// the reason has been logged when this throws.
  ///
  /// @param args settings in the form `--name=value`, which override those of files and of the environment
  static void serve(String... args) {
    SpringApplication.run(LightningDbApplication.class, args);
  }
}
