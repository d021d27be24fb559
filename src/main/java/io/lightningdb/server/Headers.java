package io.lightningdb.server;

/// Names of the headers that the service adds to those of HTTP.
public final class Headers {

  /// What every header of the service starts with.
  public static final String PREFIX = "Lightning-";

  /// In answers: the visible version at which the answer was computed.
  public static final String VERSION = "Lightning-Version";

  /// In requests: wait until this version is visible.
  public static final String VERSION_AT_LEAST = "Lightning-Version-At-Least";

  /// In requests: how long the client waits for the answer.
  public static final String TIMEOUT = "Lightning-Timeout";

  /// In requests: what a write must have survived when it is answered; in answers: what it has survived.
  public static final String DURABILITY = "Lightning-Durability";

  /// In requests: how long the entry lives that is written.
  public static final String TTL = "Lightning-Ttl";

  /// In requests: when the entry expires that is written; in answers: when the one that was read does.
  public static final String EXPIRES_AT = "Lightning-Expires-At";

  /// In requests: the media type that the value is stored with, in place of `Content-Type`.
  public static final String CONTENT_TYPE = "Lightning-Content-Type";

  private Headers() {}
}
