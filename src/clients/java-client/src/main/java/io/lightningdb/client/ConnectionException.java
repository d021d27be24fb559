package io.lightningdb.client;

/** There is no answer, or no whole one: the service is not reached, too slow, or the connection broke. */
public final class ConnectionException extends LightningException {
  private static final long serialVersionUID = 1;

  /** Whether the service may have carried the call out. */
  private final boolean outcomeUnknown;

  ConnectionException(String message, boolean outcomeUnknown, Throwable cause) {
    super(message, cause);
    this.outcomeUnknown = outcomeUnknown;
  }

  /**
   * Tells whether the service may have carried the call out.
   *
   * @return false if it certainly has not
   */
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }
}
