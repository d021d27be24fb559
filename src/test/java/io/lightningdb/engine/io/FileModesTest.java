package io.lightningdb.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is made is for its owner alone, and what is not is found.
class FileModesTest {
  @TempDir Path directory;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private static void set(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static int group(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:gid");
  }

  /// Makes all there is, in a process whose umask takes nothing away.
  static final class Maker {
    private Maker() {}

    public static void main(String[] args) throws Exception {
      Path place = Path.of(args[0]).resolve("above").resolve("below");
      DiskStorage storage = DiskStorage.inDirectory(place);
      storage.create("file").close();
      storage.open("file").close();
      storage.lock("LOCK").close();
      FileModes.createFile(place.resolve("empty"));
      FileModes.write(place.resolve("written"), new byte[] {1, 2});
    }
  }

  @Test
  void whatIsMadeIsForItsOwnerAloneWhateverTheUmask() throws Exception {
    Process child =
        new ProcessBuilder()
            .command(
                "sh",
                "-c",
                "umask 0; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Maker.class.getName(),
                directory.toString())
            .inheritIO()
            .start();
    try {
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).as("the child ends").isTrue();
    } finally {
      child.destroyForcibly();
    }

    assertThat(child.exitValue()).isZero();
    Path above = directory.resolve("above");
    assertThat(mode(above)).isEqualTo("rwx------");
    assertThat(mode(above.resolve("below"))).isEqualTo("rwx------");
    for (String name : new String[] {"file", "LOCK", "empty", "written"}) {
      assertThat(mode(above.resolve("below").resolve(name))).as(name).isEqualTo("rw-------");
    }
    assertThat(Files.readAllBytes(above.resolve("below").resolve("written"))).hasSize(2);
    assertThat(FileModes.wider(above)).isEmpty();
  }

  @Test
  void aFileThatIsThereKeepsItsModeAndItsBytes() throws IOException {
    Path file = Files.write(directory.resolve("old"), new byte[] {7});
    set(file, "rw-r-----");

    FileModes.createFile(file);

    assertThat(mode(file)).isEqualTo("rw-r-----");
    assertThat(Files.readAllBytes(file)).containsExactly(7);
    assertThatThrownBy(() -> FileModes.write(file, new byte[1]))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void whatOthersMayUseIsFoundWhereverItIs() throws IOException {
    Path place = FileModes.createDirectories(directory.resolve("place"));
    FileModes.createFile(place.resolve("fine"));
    assertThat(FileModes.wider(place)).isEmpty();

    Path inner = FileModes.createDirectories(place.resolve("inner"));
    FileModes.createFile(inner.resolve("open"));
    set(inner.resolve("open"), "rw----r--");
    assertThat(FileModes.wider(place))
        .hasValue(
            new FileModes.Wider(
                1, place.toRealPath().resolve("inner").resolve("open"), "rw----r--"));

    set(place, "rwxr-x---");
    assertThat(FileModes.wider(place))
        .hasValueSatisfying(wider -> {
          assertThat(wider.paths()).isEqualTo(2);
          assertThat(wider.mode()).isEqualTo("rwxr-x---");
        });
    assertThat(FileModes.wider(inner.resolve("open"))).isPresent();
    assertThat(FileModes.wider(directory.resolve("missing"))).isEmpty();
  }

  @Test
  void linksAreNotFollowedExceptForThePathItself() throws IOException {
    Path outside = FileModes.createDirectories(directory.resolve("outside"));
    FileModes.createFile(outside.resolve("open"));
    set(outside.resolve("open"), "rw-rw-rw-");
    Path place = FileModes.createDirectories(directory.resolve("place"));
    Files.createSymbolicLink(place.resolve("link"), outside);

    assertThat(FileModes.wider(place)).isEmpty();
    assertThat(FileModes.wider(place.resolve("link"))).isPresent();
  }

  @Test
  void rightsOfTheGroupOfTheVolumeDoNotCountAndThoseOfOthersDo() throws IOException {
    Path place = FileModes.createDirectories(directory.resolve("place"));
    FileModes.createFile(place.resolve("file"));
    set(place.resolve("file"), "rw-rw----");
    OptionalInt ofVolume = OptionalInt.of(group(place));

    assertThat(FileModes.wider(place, ofVolume)).isEmpty();
    assertThat(FileModes.wider(place, OptionalInt.of(group(place) + 1))).isPresent();
    assertThat(FileModes.wider(place, OptionalInt.empty())).isPresent();

    set(place.resolve("file"), "rw-rw-r--");
    assertThat(FileModes.wider(place, ofVolume)).isPresent();
  }

  @Test
  void aVolumePassesItsGroupOnWhereItsTopSaysSo() throws IOException {
    Path top = FileModes.createDirectories(directory.resolve("top"));
    assertThat(FileModes.groupPassedOn(top)).isEmpty();

    Files.setAttribute(top, "unix:mode", 02770);

    assertThat(FileModes.groupPassedOn(top)).hasValue(group(top));
  }
}
