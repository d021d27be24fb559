package io.lightningdb.server.keyspace;

import io.lightningdb.engine.Keyspace;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/// The entity tag of a keyspace. It names the keyspace and its options; entries and statistics do not change it.
final class KeyspaceTag {
  private KeyspaceTag() {}

  /// The tag of a keyspace.
  ///
  /// @param keyspace any keyspace
  /// @return with its quotes
  static String of(Keyspace keyspace) {
    CRC32C checksum = new CRC32C();
    String text = keyspace.name() + OptionsDocument.of(keyspace.options());
    checksum.update(text.getBytes(StandardCharsets.UTF_8));
    return "\"" + HexFormat.of().toHexDigits(checksum.getValue(), 8) + "\"";
  }

  /// Compares the header If-Match.
  ///
  /// @param ifMatch the header
  /// @param keyspace the keyspace found
  /// @return true if it is `*` or has the tag of the keyspace
  static boolean matches(String ifMatch, Keyspace keyspace) {
    return ifMatch.strip().equals("*")
        || Arrays.stream(ifMatch.split(",", -1)).anyMatch(tag -> tag.strip().equals(of(keyspace)));
  }
}
