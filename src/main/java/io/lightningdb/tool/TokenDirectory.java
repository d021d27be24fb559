package io.lightningdb.tool;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.io.DirectoryLockedException;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.token.SecuredMark;
import io.lightningdb.token.TokenFile;
import io.lightningdb.token.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The tokens of a data directory that this process has locked. Confined to one thread.
final class TokenDirectory implements AutoCloseable {
  private final DiskStorage storage;
  private final AutoCloseable lock;

  private TokenDirectory(DiskStorage storage, AutoCloseable lock) {
    this.storage = storage;
    this.lock = lock;
  }

  /// Locks a directory, and makes it if it is missing.
  static TokenDirectory make(Path directory) throws IOException {
    return lock(DiskStorage.inDirectory(directory));
  }

  /// Locks a directory that exists.
  static TokenDirectory find(Path directory) throws IOException, NotADatabaseException {
    if (!Files.isDirectory(directory)) {
      throw new NotADatabaseException(
          directory + (Files.exists(directory) ? " is no directory" : " does not exist"));
    }
    return lock(new DiskStorage(directory));
  }

  private static TokenDirectory lock(DiskStorage storage) throws IOException {
    return new TokenDirectory(storage, storage.lock(FileFormat.LOCK));
  }

  /// The tokens of the directory.
  Tokens tokens() throws IOException {
    return TokenFile.read(storage).orElse(Tokens.NONE);
  }

  /// Replaces the tokens of the directory; they survive a power failure when this returns. The database says before
  /// that it is secured.
  void replace(Tokens tokens) throws IOException {
    SecuredMark.set(storage);
    TokenFile.write(storage, tokens);
  }

  /// Deletes the tokens, and lets the service start without credentials.
  ///
  /// @return false if there was nothing to be undone
  boolean disable() throws IOException {
    // The file last: what is left half way still asks everybody.
    boolean marked = SecuredMark.remove(storage);
    boolean deleted = TokenFile.delete(storage);
    return marked || deleted;
  }

  @Override
  public void close() throws IOException {
    try {
      lock.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /// What to say where a running server has the directory.
  static String inUse(DirectoryLockedException locked) {
    return locked.getMessage()
        + "; the tokens of a running server are at /v1/admin/tokens. Nothing was changed";
  }
}
