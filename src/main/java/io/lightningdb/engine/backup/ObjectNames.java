package io.lightningdb.engine.backup;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Names of the objects in a target, and the ids of backups.
final class ObjectNames {
  /// Prefix of the entries of the catalogue.
  static final String BACKUP = "backup-";

  /// Prefix of the results of verifications.
  static final String VERIFIED = "verified-";

  /// Prefix of copied files.
  static final String DATA = "data-";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd't'HHmmss'z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Pattern ID = Pattern.compile("[0-9]{8}t[0-9]{6}z-[0-9a-f]{8}");
  private static final int ID_LENGTH = 25;
  private static final int TIME_LENGTH = 16;

  private ObjectNames() {}

  /// A new id, which starts with the time so that ids sort by it.
  static String newId(long millis, int random) {
    return TIME.format(Instant.ofEpochMilli(millis)) + "-" + HexFormat.of().toHexDigits(random);
  }

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /// When a backup was begun.
  static Optional<Instant> begun(String id) {
    try {
      return Optional.of(TIME.parse(id.substring(0, TIME_LENGTH), Instant::from));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  static String entry(String id) {
    return BACKUP + id;
  }

  static String verified(String id) {
    return VERIFIED + id;
  }

  /// Prefix of the files that a backup has copied.
  static String data(String id) {
    return DATA + id + "-";
  }

  /// The backup that an object with one of the prefixes belongs to.
  static Optional<String> owner(String prefix, String object) {
    int end = prefix.length() + ID_LENGTH;
    if (!object.startsWith(prefix) || object.length() < end) {
      return Optional.empty();
    }
    return Optional.of(object.substring(prefix.length(), end)).filter(ObjectNames::isId);
  }
}
