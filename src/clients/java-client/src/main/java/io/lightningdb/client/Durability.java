package io.lightningdb.client;

import java.util.Locale;

/** What a write must survive before it is answered. */
public enum Durability {
  /** A power failure. */
  SYNCED,
  /** The death of the process of the service. */
  LOGGED;

  static String word(Durability durability) {
    return durability == null ? null : durability.name().toLowerCase(Locale.ROOT);
  }
}
