package io.lightningdb.engine.io;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may read and write what this process makes: files have mode 0600 and directories 0700, whatever the umask
/// allows.
///
/// *Thread-safe.* All files that are written pass here. On systems without POSIX modes, files are as the system makes
/// them.
public final class FileModes {
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  // How many entries of a directory are looked at: a bound for the start, not for what can be
  // there.
  private static final int ENTRIES_MAX = 100_000;

  private static final int SET_GROUP_ID = 02000;
  private static final int GROUP = 070;
  private static final int OTHERS = 07;

  private static final @Nullable MethodHandle MASK =
      MappingAdvice.function(
          "umask", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private FileModes() {}

  /// Has everything that this process makes from now on be for its own user alone, also what libraries write by
  /// themselves, such as a file that the log is written to. It holds for the whole process, so only a program that owns
  /// its process calls it. Nothing happens on systems without a umask.
  public static void maskOthers() {
    MethodHandle mask = MASK;
    if (mask == null) {
      return;
    }
    try {
      // What it returns is the mask before, which is not put back.
      int _ = (int) mask.invokeExact(GROUP | OTHERS);
    } catch (Throwable e) {
      throw MappingAdvice.impossible(e);
    }
  }

  private static FileAttribute<?>[] of(Path path, Set<PosixFilePermission> permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  /// Opens a channel on a file, which gets mode 0600 if it is made here. The mode of a file that exists stays.
  ///
  /// @param path the file
  /// @param options how it is opened, and whether it is made
  /// @return the channel
  /// @throws IOException if it cannot be opened or made
  public static FileChannel open(Path path, Set<? extends OpenOption> options) throws IOException {
    return FileChannel.open(path, options, of(path, FILE));
  }

  /// Makes an empty file with mode 0600, unless there is one, whose mode stays.
  ///
  /// @param path the file, in a directory that exists
  /// @throws IOException if it can be neither opened for writing nor made
  public static void createFile(Path path) throws IOException {
    open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE)).close();
  }

  /// Makes a file with mode 0600 and writes it. It is not synced.
  ///
  /// @param path a file that does not exist yet
  /// @param bytes what it holds
  /// @throws IOException if it exists or cannot be written
  public static void write(Path path, byte[] bytes) throws IOException {
    try (FileChannel channel =
        open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
    }
  }

  /// Makes a directory, and those above it that are missing, each with mode 0700. The modes of directories that exist
  /// stay.
  ///
  /// @param directory any path
  /// @return the path
  /// @throws IOException if it cannot be made
  public static Path createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return directory;
    }
    return Files.createDirectories(directory, of(directory, DIRECTORY));
  }

  /// Files and directories that more than their owner may use.
  ///
  /// @param paths how many there are among those that were looked at, at least 1
  /// @param example one of them
  /// @param mode its mode, as in `rw-r--r--`
  public record Wider(int paths, Path example, String mode) {}

  /// Looks for files and directories that more than their owner may use. Rights of the group do not count where the
  /// group is that of the volume: the topmost directory of the mounted file system passes its group on (set-group-ID),
  /// as Kubernetes has it with `fsGroup`.
  ///
  /// Not more than 100,000 entries are looked at. Links are not followed, except for the path itself, and what cannot
  /// be listed is left out.
  ///
  /// @param path a directory, of which all is looked at, or a file
  /// @return what was found; nothing where the path does not exist or the system has no POSIX modes
  /// @throws IOException if the path cannot be read
  public static Optional<Wider> wider(Path path) throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")
        || !Files.exists(path)) {
      return Optional.empty();
    }
    Path real = path.toRealPath();
    return wider(real, groupPassedOn(topOfVolume(real)));
  }

  /// As above.
  ///
  /// @param volumeGroup id of the group whose rights do not count
  static Optional<Wider> wider(Path path, OptionalInt volumeGroup) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          private int entries;

          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            return visit(directory);
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            return attributes.isSymbolicLink() ? FileVisitResult.CONTINUE : visit(file);
          }

          private FileVisitResult visit(Path entry) throws IOException {
            if (isWider(entry, volumeGroup)) {
              found.add(entry);
            }
            return ++entries < ENTRIES_MAX ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path entry, IOException failure) {
            // Deleted since its directory was read, or a directory of another owner, which has its
            // mode.
            return FileVisitResult.CONTINUE;
          }
        });
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Path example = found.getFirst();
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(example, LinkOption.NOFOLLOW_LINKS);
    return Optional.of(
        new Wider(found.size(), example, PosixFilePermissions.toString(permissions)));
  }

  private static boolean isWider(Path entry, OptionalInt volumeGroup) throws IOException {
    try {
      boolean ofVolume =
          volumeGroup.isPresent() && unix(entry, "gid").equals(volumeGroup.getAsInt());
      return (mode(entry) & (ofVolume ? OTHERS : GROUP | OTHERS)) != 0;
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  private static int mode(Path path) throws IOException {
    return (int) unix(path, "mode");
  }

  private static Object unix(Path path, String attribute) throws IOException {
    return Objects.requireNonNull(
        Files.getAttribute(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS));
  }

  /// The topmost directory of the file system that a path is in: the place where a volume is mounted.
  private static Path topOfVolume(Path real) throws IOException {
    Path top = real;
    Object device = unix(real, "dev");
    for (Path above = real.getParent(); above != null; above = above.getParent()) {
      if (!unix(above, "dev").equals(device)) {
        break;
      }
      top = above;
    }
    return top;
  }

  /// The group that files in a directory are made with, if it is that of the directory.
  static OptionalInt groupPassedOn(Path directory) throws IOException {
    boolean passesOn = (mode(directory) & SET_GROUP_ID) != 0;
    return passesOn ? OptionalInt.of((int) unix(directory, "gid")) : OptionalInt.empty();
  }
}
