package io.lightningdb.token;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The file `TOKENS` in the data directory: a line with the format and a checksum, and a line for each token.
///
/// ```
/// lightningdb-tokens 1 <SHA-256 of the lines below, in hexadecimal>
/// <id> <SHA-256> <roles> <keyspaces> <created> <expires or -> <last used or -> <name>
/// ```
///
/// Fields of a token are separated by tabs, roles and keyspaces by commas; moments are as in ISO 8601. The file is
/// replaced as a whole: a new one is written and synced, takes the name of the old one, and the directory is synced. So
/// at every moment, and after every power failure, one of the two is there.
///
/// Where the file exists, the service asks everybody who they are, even if it holds no token. Before it is written
/// first, [SecuredMark] says so in the database itself: should the file be missing later, the service does not take
/// that for permission.
public final class TokenFile {
  /// Its name.
  public static final String NAME = "TOKENS";

  private static final String NAME_NEW = "TOKENS.new";
  private static final String MAGIC = "lightningdb-tokens";
  private static final int FORMAT = 1;
  private static final int FIELDS = 8;
  private static final String NEVER = "-";

  private TokenFile() {}

  /// Reads the tokens of a directory.
  ///
  /// @param storage the data directory
  /// @return the tokens, or nothing if there is no such file
  /// @throws CorruptionException if the bytes are not those that were written
  /// @throws IOException if the file cannot be read, or a newer version wrote it
  public static Optional<Tokens> read(Storage storage) throws IOException {
    if (!exists(storage, NAME)) {
      return Optional.empty();
    }
    return Optional.of(parse(storage.read(NAME)));
  }

  /// Replaces the tokens of a directory. When this returns, they survive a power failure; if it fails, the former ones
  /// are still there unless the power fails too.
  ///
  /// @param storage the data directory, locked by this process
  /// @param tokens all of them
  /// @throws IOException if they cannot be written
  public static void write(Storage storage, Tokens tokens) throws IOException {
    if (exists(storage, NAME_NEW)) {
      storage.delete(NAME_NEW);
    }
    byte[] bytes = text(tokens).getBytes(StandardCharsets.US_ASCII);
    try (StorageFile file = storage.create(NAME_NEW)) {
      file.write(0, bytes, 0, bytes.length);
      file.sync();
    }
    storage.rename(NAME_NEW, NAME);
    storage.syncDirectory();
  }

  /// Deletes the tokens of a directory. When this returns, they do not come back after a power failure.
  ///
  /// @param storage the data directory, locked by this process
  /// @return false if there was no such file
  /// @throws IOException if the file cannot be deleted
  public static boolean delete(Storage storage) throws IOException {
    boolean found = exists(storage, NAME);
    if (found) {
      storage.delete(NAME);
      storage.syncDirectory();
    }
    return found;
  }

  private static boolean exists(Storage storage, String name) throws IOException {
    return storage.list().stream().anyMatch(file -> file.name().equals(name));
  }

  private static String text(Tokens tokens) {
    String lines = tokens.all().stream().map(TokenFile::line).collect(Collectors.joining());
    return "%s %d %s\n%s".formatted(MAGIC, FORMAT, checksum(lines), lines);
  }

  private static String checksum(String lines) {
    return HexFormat.of().formatHex(TokenText.sha256(lines));
  }

  private static String line(Token token) {
    return String.join(
            "\t",
            token.id(),
            HexFormat.of().formatHex(token.sha256()),
            token.rights().roles().stream().map(Role::word).collect(Collectors.joining(",")),
            token.rights().keyspaces().stream()
                .map(KeyspacePattern::text)
                .collect(Collectors.joining(",")),
            token.createdAt().toString(),
            moment(token.expiresAt()),
            moment(token.lastUsedAt()),
            token.name())
        + "\n";
  }

  private static String moment(@Nullable Instant moment) {
    return moment == null ? NEVER : moment.toString();
  }

  private static Tokens parse(byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.US_ASCII);
    int headEnd = text.indexOf('\n');
    String[] head = text.substring(0, Math.max(headEnd, 0)).split(" ", -1);
    if (head.length < 2 || !head[0].equals(MAGIC) || !head[1].matches("[1-9][0-9]{0,8}")) {
      throw damaged(0, "the first line is not that of a file of tokens");
    }
    int format = Integer.parseInt(head[1]);
    if (format > FORMAT) {
      throw new IOException(
          "%s has format %d, and this version reads %d; use the version that wrote it"
              .formatted(NAME, format, FORMAT));
    }
    String lines = text.substring(headEnd + 1);
    if (head.length != 3 || !head[2].equals(checksum(lines))) {
      throw damaged(headEnd + 1, "the checksum is another");
    }
    return tokens(lines, headEnd + 1);
  }

  private static Tokens tokens(String lines, int offset) throws CorruptionException {
    Tokens tokens = Tokens.NONE;
    for (String line : lines.lines().toList()) {
      tokens = tokens.with(token(line, offset));
      offset += line.length() + 1;
    }
    return tokens;
  }

  private static Token token(String line, int offset) throws CorruptionException {
    String[] fields = line.split("\t", FIELDS);
    try {
      Rights rights = Rights.of(roles(fields[2]), patterns(fields[3]));
      return new Token(
          fields[0],
          fields[7],
          HexFormat.of().parseHex(fields[1]),
          rights,
          Instant.parse(fields[4]),
          instant(fields[5]),
          instant(fields[6]));
    } catch (IndexOutOfBoundsException | IllegalArgumentException | DateTimeException e) {
      throw damaged(offset, "the line is not that of a token: " + FailureText.of(e));
    }
  }

  private static List<Role> roles(String words) {
    List<Role> roles = new ArrayList<>();
    for (String word : words.split(",", -1)) {
      roles.add(Role.find(word).orElseThrow(() -> new IllegalArgumentException("no role " + word)));
    }
    return roles;
  }

  private static List<KeyspacePattern> patterns(String texts) {
    return Arrays.stream(texts.split(",", -1))
        .map(text ->
            KeyspacePattern.find(text)
                .orElseThrow(() -> new IllegalArgumentException("no pattern " + text)))
        .toList();
  }

  private static @Nullable Instant instant(String text) {
    return text.equals(NEVER) ? null : Instant.parse(text);
  }

  private static CorruptionException damaged(int offset, String reason) {
    return new CorruptionException(NAME, offset, reason);
  }
}
