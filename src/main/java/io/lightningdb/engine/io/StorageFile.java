package io.lightningdb.engine.io;

import java.io.IOException;

/// A file open for writing.
///
/// *Thread-safe*, and safe from interrupts: an interrupted thread completes its call and stays interrupted, and the
/// file stays open for everybody else.
public interface StorageFile extends AutoCloseable {

  /// Writes bytes with a system call. The file grows as needed.
  ///
  /// When this returns the bytes survive the death of the process, but not yet a power failure.
  ///
  /// @param position place in the file of the first byte, in bytes from its start
  /// @param bytes holds what is written
  /// @param offset index of the first byte written
  /// @param length number of bytes written
  /// @throws NoSpaceException if the file cannot grow because the disk is full
  /// @throws IOException if not all bytes were written; how many were is unknown
  void write(long position, byte[] bytes, int offset, int length) throws IOException;

  /// Stores bytes through a mapping of the file, without a system call.
  ///
  /// The place must lie inside the file as it was when `store` was first called on this object: a mapping cannot grow a
  /// file, and a full disk must be met when space is allocated and not here. When this returns the bytes survive the
  /// death of the process, but not yet a power failure.
  ///
  /// @param position place in the file of the first byte
  /// @param bytes holds what is stored
  /// @param offset index of the first byte stored
  /// @param length number of bytes stored
  /// @throws ResourceExhaustedException if the system has no descriptor or memory left to map the file; nothing was
  ///     stored
  /// @throws IOException if the file cannot be mapped or the disk failed under the mapping
  void store(long position, byte[] bytes, int offset, int length) throws IOException;

  /// Makes everything written or stored before this call durable.
  ///
  /// @throws IOException if that cannot be promised; what is on the disk is then unknown and a second call proves
  ///     nothing (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020)
  void sync() throws IOException;

  /// Closes the file without syncing it. Closing twice is allowed.
  ///
  /// @throws IOException if the operating system reports an error
  @Override
  void close() throws IOException;
}
