package io.lightningdb.engine.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// A flat directory of files: the only way the engine touches a disk.
///
/// *Thread-safe.* File names are plain names without separators. Nothing is promised to survive a power failure until
/// the file ([StorageFile#sync]) and, for created, renamed and deleted names, the directory ([#syncDirectory]) were
/// synced.
///
/// Each call that the system refuses for want of descriptors, memory or space, before anything was changed, throws
/// [ResourceExhaustedException]: it may be made again. What fails in any other way leaves the disk in doubt.
public interface Storage {

  /// Creates a file for writing.
  ///
  /// @param name a name that does not exist yet
  /// @return the empty file
  /// @throws IOException if the name exists or the file cannot be created
  StorageFile create(String name) throws IOException;

  /// Creates a file whose space on the disk is taken. What stands in it is of no meaning.
  ///
  /// @param name a name that does not exist yet
  /// @param bytes its size
  /// @throws ResourceExhaustedException if there is no space; there is no such file then
  /// @throws IOException if the file cannot be created
  void allocate(String name, long bytes) throws IOException;

  /// Opens an existing file for writing.
  ///
  /// @param name an existing name
  /// @return the file as it is
  /// @throws IOException if there is no such file or it cannot be written
  StorageFile open(String name) throws IOException;

  /// Maps a whole file for reading.
  ///
  /// A file that is written or cut while it is mapped may be seen in either state; the engine maps immutable files
  /// only, except while it recovers. Reading bytes that the disk cannot deliver throws [InternalError], sooner or
  /// later, which readers turn into an `IOException` with [MappedFault].
  ///
  /// @param name an existing name
  /// @param arena decides how long the mapping lives
  /// @return the bytes of the file, read-only
  /// @throws IOException if the file cannot be opened or mapped
  MemorySegment map(String name, Arena arena) throws IOException;

  /// Reads a whole small file.
  ///
  /// @param name an existing name
  /// @return its bytes
  /// @throws UnreadableFileException if the disk does not deliver them
  /// @throws IOException if the file cannot be opened
  default byte[] read(String name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = map(name, arena);
      return MappedFault.read(name, 0, () -> memory.toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /// Tells how a part of a mapping is going to be read. Without that, the system reads ahead as far as the device is
  /// set up for.
  ///
  /// It is a hint, and costs a system call: a storage may do nothing, as this method does, and the caller does not
  /// learn whether a hint was taken. The bytes are the same in any case.
  ///
  /// @param mapping a whole mapping of [#map], whose arena the caller keeps open
  /// @param position where the part begins in it
  /// @param bytes length of the part, which lies inside the mapping
  /// @param advice how it is read
  default void advise(MemorySegment mapping, long position, long bytes, ReadAdvice advice) {}

  /// Lists the files, in ascending order of their names.
  ///
  /// @return each file with its size at the time of the call
  /// @throws IOException if the directory cannot be read
  List<FileEntry> list() throws IOException;

  /// Renames a file; an existing file of the new name is replaced in the same atomic step.
  ///
  /// @param from an existing name
  /// @param to the new name
  /// @throws IOException if the rename fails; then both names are as they were
  void rename(String from, String to) throws IOException;

  /// Deletes a file. Mappings of it stay readable.
  ///
  /// @param name an existing name
  /// @throws IOException if there is no such file or it cannot be deleted
  void delete(String name) throws IOException;

  /// Makes all earlier creations, renames and deletions durable.
  ///
  /// @throws IOException if the directory cannot be synced
  void syncDirectory() throws IOException;

  /// How much may still be written to the disk of this directory, by this process and all others together.
  ///
  /// @return in bytes, 0 for a full disk
  /// @throws IOException if the file system does not tell
  long usableBytes() throws IOException;

  /// Takes the exclusive lock of this directory, for this process and against all others.
  ///
  /// @param name the lock file's name; created if absent, and left behind on release
  /// @return releases the lock when closed
  /// @throws DirectoryLockedException if it is held
  /// @throws IOException if the lock file cannot be used
  AutoCloseable lock(String name) throws IOException;

  /// A file's name and size.
  ///
  /// @param name the plain name
  /// @param bytes its length
  record FileEntry(String name, long bytes) {}
}
