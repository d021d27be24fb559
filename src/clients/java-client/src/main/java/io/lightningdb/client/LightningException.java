package io.lightningdb.client;

/** A call was not done as asked. Its subclasses say why. */
public abstract class LightningException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LightningException(String message, Throwable cause) {
    super(message, cause);
  }
}
