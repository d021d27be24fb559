package io.lightningdb.empty;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// Does nothing.
@SpringBootApplication(proxyBeanMethods = false)
public class EmptyApplication {
  /// Called by Spring.
  EmptyApplication() {}

  /// Starts it.
  ///
  /// @param args settings
  public static void main(String[] args) {
    SpringApplication.run(EmptyApplication.class, args);
  }
}
