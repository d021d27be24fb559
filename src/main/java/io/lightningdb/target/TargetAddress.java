package io.lightningdb.target;

import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.io.DiskStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where backups are kept, as settings and command lines say it: the name of a directory, or `s3://bucket/prefix`. Immutable.
public sealed interface TargetAddress {

  /// Reads an address.
  ///
  /// @param text the name of a directory, or `s3://bucket` with or without a prefix
  /// @return the address
  /// @throws IllegalArgumentException saying what is wrong with it
  static TargetAddress parse(String text) {
    Matcher scheme = Bucket.SCHEME.matcher(text);
    if (!scheme.lookingAt()) {
      return new Directory(Path.of(text));
    }
    if (!scheme.group(1).equals("s3")) {
      throw new IllegalArgumentException(
          "the name of a directory, or s3://bucket/prefix; nothing is known of " + scheme.group());
    }
    String[] parts = text.substring(scheme.end()).split("/", 2);
    return new Bucket(parts[0], parts.length == 1 ? "" : parts[1].replaceFirst("/$", ""));
  }

  /// Opens the place. Nothing is asked of a store yet.
  ///
  /// @param settings how a store is reached
  /// @return the target; a directory is made if it is missing
  /// @throws ObjectStoreException if the settings do not say enough to reach the store
  /// @throws IOException if the directory cannot be made
  BackupTarget open(S3Settings settings) throws IOException;

  /// A directory.
  ///
  /// @param path its name
  record Directory(Path path) implements TargetAddress {
    @Override
    public BackupTarget open(S3Settings settings) throws IOException {
      return new DirectoryTarget(DiskStorage.inDirectory(path));
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }

  /// What is below a prefix in a bucket.
  ///
  /// @param bucket name of the bucket
  /// @param prefix first part of the keys, without the `/` that follows it; empty for the whole bucket
  record Bucket(String bucket, String prefix) implements TargetAddress {
    private static final Pattern SCHEME = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]+)://");
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    // A key has 1,024 bytes at most, and the name of an object 200.
    private static final int PREFIX_BYTES_MAX = 800;

    /// Checks the names.
    ///
    /// @throws IllegalArgumentException saying what is allowed
    public Bucket {
      if (!NAME.matcher(bucket).matches()) {
        throw new IllegalArgumentException(
            "s3://bucket/prefix; a bucket has 3 to 63 lower-case letters, digits, '.' and '-'");
      }
      boolean odd =
          prefix.chars().anyMatch(Character::isISOControl)
              || List.of(prefix.split("/", -1)).stream()
                  .anyMatch(part -> part.equals(".") || part.equals(".."));
      boolean hollow = !prefix.isEmpty() && List.of(prefix.split("/", -1)).contains("");
      if (odd || hollow) {
        throw new IllegalArgumentException(
            "s3://bucket/prefix; a prefix has no control characters and no part that is empty, . or ..");
      }
      int bytes = prefix.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > PREFIX_BYTES_MAX) {
        throw new IllegalArgumentException(
            "a prefix of at most %d bytes; this one has %d".formatted(PREFIX_BYTES_MAX, bytes));
      }
    }

    @Override
    public BackupTarget open(S3Settings settings) throws IOException {
      return new S3Target(this, settings);
    }

    /// The key of an object, or what keys of objects start with.
    String key(String name) {
      return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    @Override
    public String toString() {
      return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }
  }
}
