package io.lightningdb.engine;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.ManifestReader;
import io.lightningdb.engine.manifest.Version;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Properties of a database that is not open: values by name, which its manifest keeps and its backups carry.
/// *Thread-safe.*
///
/// Those of an open one are at [Database#property].
public final class DatabaseProperties {
  private DatabaseProperties() {}

  /// Reads a property, without opening the database. Changes nothing and needs no lock.
  ///
  /// @param directory where the files are; may not exist
  /// @param name name of the property
  /// @return its value; empty if it has none, or there is no database
  /// @throws EngineException.Corruption if the manifest is damaged
  /// @throws EngineException.FormatTooNew if a newer engine wrote it
  /// @throws EngineException.StorageFailed if the directory exists and cannot be read
  public static Optional<String> find(Path directory, String name) {
    try {
      return find(new DiskStorage(directory), name);
    } catch (NoSuchFileException | NotDirectoryException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw Failures.translate("cannot read the directory " + directory, e);
    }
  }

  /// Reads a property, without opening the database.
  ///
  /// @param storage the data directory
  /// @param name name of the property
  /// @return its value; empty if it has none, or there is no database
  /// @throws IOException if the manifest is damaged or cannot be read
  public static Optional<String> find(Storage storage, String name) throws IOException {
    return names(storage).contains(FileFormat.MANIFEST)
        ? Optional.ofNullable(ManifestReader.read(storage).version().properties().get(name))
        : Optional.empty();
  }

  /// Sets a property. It survives a power failure when this returns. Where there is no database one is made, without
  /// keyspaces: what it is to be like is known before it is opened first.
  ///
  /// @param storage the data directory, locked by this process, which does not have it open
  /// @param name name of the property
  /// @param value its value; empty for none
  /// @throws IOException if the manifest is damaged or cannot be written; nothing is changed then
  public static void set(Storage storage, String name, String value) throws IOException {
    Set<String> names = names(storage);
    Recovery.checkNoRestore(names);
    boolean exists = names.contains(FileFormat.MANIFEST);
    if (exists) {
      ManifestReader.Loaded loaded = ManifestReader.read(storage);
      Version changed = loaded.version().withProperty(name, value);
      if (!changed.equals(loaded.version())) {
        new Manifest(storage, changed, loaded.generation() + 1).close();
      }
    } else if (!value.isEmpty()) {
      Recovery.checkNoOtherFiles(names);
      Version empty = Version.empty(new SecureRandom().nextLong()).withClosed(true);
      new Manifest(storage, empty.withProperty(name, value), 1).close();
    }
  }

  private static Set<String> names(Storage storage) throws IOException {
    return storage.list().stream()
        .map(Storage.FileEntry::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
