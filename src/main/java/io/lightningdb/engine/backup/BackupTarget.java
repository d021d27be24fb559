package io.lightningdb.engine.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/// Where backups are kept: named objects, each there as a whole or not at all.
///
/// *Thread-safe.* Names are 1 to 200 lower-case letters, digits and `-`. One target holds the backups of one database;
/// several processes may read it, and one writes.
public interface BackupTarget {

  /// Stores an object. It appears under its name once all of it is on stable storage, in place of one that was there;
  /// if anything fails, nothing changes.
  ///
  /// @param name its name
  /// @param content writes its bytes, once; if it throws, nothing is stored
  /// @throws IOException if it cannot be stored, or `content` throws
  void put(String name, Content content) throws IOException;

  /// Opens an object.
  ///
  /// @param name its name
  /// @return its bytes; to be closed by the caller
  /// @throws java.nio.file.NoSuchFileException if there is none
  /// @throws IOException if it cannot be read
  InputStream get(String name) throws IOException;

  /// Lists objects.
  ///
  /// @param prefix what their names start with
  /// @return ascending by name
  /// @throws IOException if they cannot be listed
  List<StoredObject> list(String prefix) throws IOException;

  /// Deletes an object, if it is there.
  ///
  /// @param name its name
  /// @throws IOException if it is there and cannot be deleted
  void delete(String name) throws IOException;

  /// Deletes what calls of [#put] left behind that never ended because their process died.
  ///
  /// @param prefix what the names of their objects start with; no such object is stored meanwhile
  /// @throws IOException if something cannot be deleted
  void deleteUnfinished(String prefix) throws IOException;

  /// Writes the bytes of an object.
  @FunctionalInterface
  interface Content {
    /// Writes all of it.
    ///
    /// @param out where to; not closed
    /// @throws IOException if that fails
    void writeTo(OutputStream out) throws IOException;
  }

  /// An object in a target.
  ///
  /// @param name its name
  /// @param bytes its size
  record StoredObject(String name, long bytes) {}
}
