package io.lightningdb.server.health;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.stereotype.Component;

/// `/actuator/integrity`: reading tells the last check of the whole database, writing starts one.
@Component
@Endpoint(id = "integrity")
class IntegrityEndpoint {
  private static final int ACCEPTED = 202;

  private final IntegrityChecks checks;

  /// Called by Spring.
  ///
  /// @param checks runs the checks
  IntegrityEndpoint(IntegrityChecks checks) {
    this.checks = checks;
  }

  /// Tells the last check.
  ///
  /// @return the state of this moment
  @ReadOperation
  IntegrityChecks.State last() {
    return checks.state();
  }

  /// Starts a check, unless one runs.
  ///
  /// @return 202 with the state
  @WriteOperation
  WebEndpointResponse<IntegrityChecks.State> start() {
    return new WebEndpointResponse<>(checks.start(), ACCEPTED);
  }
}
