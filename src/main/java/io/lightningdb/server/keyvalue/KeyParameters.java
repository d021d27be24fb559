package io.lightningdb.server.keyvalue;

import io.lightningdb.server.web.Query;

/// Query parameters that tell keys.
public final class KeyParameters {

  /// Name of the parameter that tells how keys are written.
  public static final String KEY_ENCODING = "keyEncoding";

  private static final byte[] NOTHING = new byte[0];

  private KeyParameters() {}

  /// How the keys of a request and its answer are written.
  ///
  /// @param query what was asked
  /// @return the encoding asked for, or text
  public static KeyEncoding encoding(Query query) {
    return query.choice(KEY_ENCODING, KeyEncoding.class, KeyEncoding.TEXT);
  }

  /// A bound or prefix of a range.
  ///
  /// @param query what was asked
  /// @param name name of the parameter
  /// @return 0 to 4096 bytes; empty if the parameter is not there
  public static byte[] bound(Query query, String name) {
    return query
        .bytes(name)
        .map(bytes -> KeyText.ofParameter(bytes, encoding(query)))
        .orElse(NOTHING);
  }
}
