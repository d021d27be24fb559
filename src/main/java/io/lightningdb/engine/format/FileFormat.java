package io.lightningdb.engine.format;

import java.util.HexFormat;
import java.util.OptionalLong;

/// Names and numbers that all files share.
public final class FileFormat {
  private FileFormat() {}

  /// The format that this engine writes, and the newest that it reads.
  public static final int FORMAT = 3;

  /// The first format whose files say which [Features] they have.
  public static final int FORMAT_WITH_FEATURES = 3;

  /// The oldest format that this engine reads.
  public static final int FORMAT_OLDEST = 1;

  /// The lock file.
  public static final String LOCK = "LOCK";

  /// The current state.
  public static final String MANIFEST = "MANIFEST";

  /// A new state until it is renamed.
  public static final String MANIFEST_NEW = "MANIFEST.new";

  /// Says that a restore into the directory is not finished, so that it is not taken for a database.
  public static final String RESTORING = "RESTORING";

  /// How far the scrubber has come.
  public static final String SCRUB = "SCRUB";

  /// The same until it is renamed.
  public static final String SCRUB_NEW = "SCRUB.new";

  /// Written to see whether the disk works again; named like a spare segment, so that the next start deletes one that
  /// is left.
  public static final String PROBE = "spare-" + "f".repeat(16);

  /// A run that is copied out of a backup, until it takes the place of the damaged one; named like a spare segment too.
  public static final String REPAIRING = "spare-" + "e".repeat(16);

  /// Space that is held for what gives space back; named like a spare segment, so that engines that do not know it
  /// delete it.
  public static final String BALLAST = "spare-" + "d".repeat(16);

  private static final String LOG = "log-";
  private static final String SPARE = "spare-";
  private static final String RUN = "run-";
  private static final int DIGITS = 16;

  /// Tells whether this engine reads a format.
  ///
  /// @param format number of the format, as it stands in a file
  /// @return false for one that is newer than the engine, or never was
  public static boolean isReadable(int format) {
    return format >= FORMAT_OLDEST && format <= FORMAT;
  }

  /// Tells whether this engine reads files of a format with these features.
  ///
  /// @param format number of the format, as it stands in a file
  /// @param features the 32 bits behind it; without meaning before [#FORMAT_WITH_FEATURES]
  /// @return false if the engine that wrote the file knew more than this one
  public static boolean isReadable(int format, int features) {
    return isReadable(format) && (format < FORMAT_WITH_FEATURES || Features.areReadable(features));
  }

  /// Makes sure that this engine reads a file.
  ///
  /// @param name of the file, for messages
  /// @param format number of the format, as it stands in the file, where its checksum verifies
  /// @param features the 32 bits behind it
  /// @throws FormatTooNewException if it does not
  public static void checkReadable(String name, int format, int features)
      throws FormatTooNewException {
    if (!isReadable(format)) {
      throw new FormatTooNewException(name, Integer.toUnsignedLong(format));
    }
    if (!isReadable(format, features)) {
      throw FormatTooNewException.ofFeatures(name, features);
    }
  }

  /// Name of a log segment.
  ///
  /// @param sequence its place in the log
  /// @return the file name
  public static String log(long sequence) {
    return LOG + HexFormat.of().toHexDigits(sequence);
  }

  /// Name of a segment without a place in the log yet.
  ///
  /// @param number any number
  /// @return the file name
  public static String spare(long number) {
    return SPARE + HexFormat.of().toHexDigits(number);
  }

  /// Name of a run.
  ///
  /// @param fileId its id
  /// @return the file name
  public static String run(long fileId) {
    return RUN + HexFormat.of().toHexDigits(fileId);
  }

  /// Reads the sequence out of the name of a log segment.
  ///
  /// @param name any file name
  /// @return the sequence, or empty if this is no log segment
  public static OptionalLong logSequence(String name) {
    return number(LOG, name);
  }

  /// Reads the number out of the name of a spare segment.
  ///
  /// @param name any file name
  /// @return the number, or empty if this is no spare segment
  public static OptionalLong spareNumber(String name) {
    return number(SPARE, name);
  }

  /// Reads the id out of the name of a run.
  ///
  /// @param name any file name
  /// @return the id, or empty if this is no run
  public static OptionalLong runFileId(String name) {
    return number(RUN, name);
  }

  /// Tells whether a file makes its directory a database: all but the lock and what is only half made.
  ///
  /// @param name any file name
  /// @return true for a manifest, a log segment, a run, and the mark of an unfinished restore
  public static boolean isOfDatabase(String name) {
    return name.equals(MANIFEST)
        || name.equals(RESTORING)
        || logSequence(name).isPresent()
        || runFileId(name).isPresent();
  }

  private static OptionalLong number(String prefix, String name) {
    if (name.length() != prefix.length() + DIGITS || !name.startsWith(prefix)) {
      return OptionalLong.empty();
    }
    String digits = name.substring(prefix.length());
    boolean valid = digits.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    return valid ? OptionalLong.of(HexFormat.fromHexDigitsToLong(digits)) : OptionalLong.empty();
  }
}
