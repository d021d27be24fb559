package io.lightningdb.engine.testkit;

import io.lightningdb.engine.io.ReadAdvice;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Passes everything on to another storage: what a test makes different is all that it has to write down.
public class PassingStorage implements Storage {
  private final Storage target;

  /// Passes on.
  ///
  /// @param target does everything
  protected PassingStorage(Storage target) {
    this.target = target;
  }

  @Override
  public StorageFile create(String name) throws IOException {
    return target.create(name);
  }

  @Override
  public void allocate(String name, long bytes) throws IOException {
    target.allocate(name, bytes);
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return target.open(name);
  }

  @Override
  public MemorySegment map(String name, Arena arena) throws IOException {
    return target.map(name, arena);
  }

  @Override
  public void advise(MemorySegment mapping, long position, long bytes, ReadAdvice advice) {
    target.advise(mapping, position, bytes, advice);
  }

  @Override
  public List<FileEntry> list() throws IOException {
    return target.list();
  }

  @Override
  public void rename(String from, String to) throws IOException {
    target.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    target.delete(name);
  }

  @Override
  public void syncDirectory() throws IOException {
    target.syncDirectory();
  }

  @Override
  public long usableBytes() throws IOException {
    return target.usableBytes();
  }

  @Override
  public AutoCloseable lock(String name) throws IOException {
    return target.lock(name);
  }

  @Override
  public String toString() {
    return target.toString();
  }
}
