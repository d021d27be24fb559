package io.lightningdb.server.security;

import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;

/// Makes a test's own thread work for a caller, as the filters do with the threads of requests.
public final class ActingCaller {
  private ActingCaller() {}

  /// Works for a caller from now on.
  public static void set(Caller caller) {
    SecurityContextHolder.setContext(new SecurityContextImpl(new CallerAuthentication(caller)));
  }

  /// Works for nobody any more.
  public static void clear() {
    SecurityContextHolder.clearContext();
  }
}
