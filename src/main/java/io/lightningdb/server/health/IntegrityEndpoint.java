package io.lightningdb.server.health;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
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

  /// What is known of the integrity of the database.
  ///
  /// @param check the last check of everything
  /// @param scrub what the scrubber does and has done
  /// @param quarantine damaged blocks of runs that were met since the start and are in use
  record IntegrityDocument(
      @JsonUnwrapped IntegrityChecks.State check,
      ScrubDocument scrub,
      List<QuarantineDocument> quarantine) {}

  /// Tells the last check, what the scrubber does, and what is damaged.
  ///
  /// @return the state of this moment
  @ReadOperation
  IntegrityDocument last() {
    return new IntegrityDocument(checks.state(), checks.scrub(), checks.quarantine());
  }

  /// Starts a check, unless one runs.
  ///
  /// @return 202 with the state
  @WriteOperation
  WebEndpointResponse<IntegrityChecks.State> start() {
    return new WebEndpointResponse<>(checks.start(), ACCEPTED);
  }
}
