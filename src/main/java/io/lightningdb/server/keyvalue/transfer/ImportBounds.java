package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.server.settings.LightningProperties;

/// How large the parts of an import may be.
///
/// @param lineBytesMax longest line, in bytes
/// @param valueBytesMax largest value, in bytes
/// @param expansionMax most bytes that each byte of a compressed body may expand to
record ImportBounds(int lineBytesMax, long valueBytesMax, int expansionMax) {

  /// Reads the bounds.
  ///
  /// @param limits of the settings
  /// @return those of imports
  static ImportBounds of(LightningProperties.RequestLimits limits) {
    return new ImportBounds(
        (int) limits.importLineBytesMax().toBytes(),
        limits.valueBytesMax().toBytes(),
        limits.importExpansionMax());
  }
}
