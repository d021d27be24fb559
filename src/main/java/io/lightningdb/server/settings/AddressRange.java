package io.lightningdb.server.settings;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// Addresses that begin with the same bits. Immutable.
///
/// @param network an address of the range
/// @param bits how many of its bits all addresses of the range share
public record AddressRange(InetAddress network, int bits) {
  private static final Pattern IPV4 =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

  /// Reads a range. No name is looked up.
  ///
  /// @param text an address of IPv4 or IPv6, or one with a slash and the number of bits: `10.0.0.0/8`
  /// @return the range, or nothing if it is none
  static Optional<AddressRange> parse(String text) {
    int slash = text.indexOf('/');
    try {
      Optional<InetAddress> address = address(slash < 0 ? text : text.substring(0, slash));
      if (address.isEmpty()) {
        return Optional.empty();
      }
      InetAddress network = address.get();
      int bitsMax = network.getAddress().length * Byte.SIZE;
      String length = text.substring(slash + 1);
      int bits = slash < 0 ? bitsMax : Integer.parseInt(length);
      // Integer.parseInt takes signs, too.
      return bits < 0 || bits > bitsMax || length.startsWith("+")
          ? Optional.empty()
          : Optional.of(new AddressRange(network, bits));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Reads an address. No name is looked up, and the short forms of IPv4, in which `10.1` is `10.0.0.1`, are none, nor
  /// are those with zeros in front, which some read as octal.
  ///
  /// @param text an address of IPv4 or IPv6
  /// @return the address, or nothing if it is none
  public static Optional<InetAddress> address(String text) {
    if (!text.contains(":") && !IPV4.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Tells whether an address is in the range.
  ///
  /// @param address any address
  /// @return true if it is
  public boolean contains(InetAddress address) {
    byte[] mine = network.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % Byte.SIZE);
      if (((mine[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
