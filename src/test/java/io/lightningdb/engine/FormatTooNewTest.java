package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.Catalogue;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.FileKind;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Specimen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Files of a newer engine, by their format or by a feature of theirs, are refused and left as they are.
class FormatTooNewTest {
  private static final Specimen SPECIMEN = Specimen.killed();

  /// What a newer engine has written into a file.
  ///
  /// @param file its name
  /// @param format the number of the format
  /// @param features the bits behind it
  /// @param message what is said of it
  record Newer(String file, int format, int features, String message) {}

  static List<Newer> newer() {
    List<Newer> all = new ArrayList<>();
    String run =
        SPECIMEN.files().keySet().stream()
            .filter(name -> FileFormat.runFileId(name).isPresent())
            .toList()
            .getLast();
    for (String file : List.of(FileFormat.MANIFEST, lastLog(), run)) {
      all.add(new Newer(file, FileFormat.FORMAT + 1, 0, file + " has format 4"));
      IntStream.range(0, 32)
          .forEach(bit ->
              all.add(
                  new Newer(
                      file, FileFormat.FORMAT, 1 << bit, file + " has feature bit " + bit + " (")));
    }
    return all;
  }

  private static String lastLog() {
    return SPECIMEN.files().keySet().stream()
        .filter(name -> FileFormat.logSequence(name).isPresent())
        .toList()
        .getLast();
  }

  private static byte[] changed(Newer newer) {
    byte[] content = SPECIMEN.file(newer.file()).clone();
    FileKind kind = Objects.requireNonNull(FileKind.ofName(newer.file()));
    int start = kind == FileKind.RUN ? content.length - 64 : 0;
    assertThat(LittleEndian.u32(content, start + 8)).isEqualTo(FileFormat.FORMAT);
    assertThat(LittleEndian.u32(content, start + 12)).isZero();
    LittleEndian.putU32(content, start + 8, newer.format());
    LittleEndian.putU32(content, start + 12, newer.features());
    int length = kind == FileKind.MANIFEST ? 28 : 60;
    Checksum checksum = new Checksum();
    switch (kind) {
      case MANIFEST -> checksum.begin(Checksum.TAG_MANIFEST_HEADER, 0, 0);
      case LOG -> checksum.begin(Checksum.TAG_LOG_HEADER, sequence(newer.file()), 0);
      default -> checksum.begin(LittleEndian.u64(content, start + 48), fileId(newer.file()), start);
    }
    int crc = checksum.update(content, start, length).value();
    LittleEndian.putU32(content, start + length, crc);
    return content;
  }

  private static long sequence(String log) {
    return FileFormat.logSequence(log).orElseThrow();
  }

  private static long fileId(String run) {
    return FileFormat.runFileId(run).orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("newer")
  void aFileOfANewerEngineIsRefused(Newer newer) {
    NavigableMap<String, byte[]> files = new TreeMap<>(SPECIMEN.files());
    files.put(newer.file(), changed(newer));
    // What a start would clean up, and an end that it would cut.
    files.put(FileFormat.MANIFEST_NEW, new byte[9]);
    files.put(FileFormat.spare(3), new byte[9]);
    files.put(FileFormat.run(0xFFFF), new byte[9]);
    SimulatedStorage storage = SimulatedStorage.of(files);
    assertThatThrownBy(() -> Machine.on(storage, 1).open(Specimen.variant().database()))
        .isInstanceOf(EngineException.FormatTooNew.class)
        .hasMessageContaining(newer.message());
    assertThat(storage.differencesFrom(files)).isEmpty();
  }

  /// The bits are where the body begins.
  @Test
  void aBackupOfANewerEngineIsRefused() throws IOException {
    SimulatedStorage place = new SimulatedStorage();
    BackupTarget target = new DirectoryTarget(place);
    String id;
    try (Database database = Machine.empty().open(Specimen.variant().database())) {
      id = database.backup(target, BackupRequest.full()).id();
    }
    for (int bit = 0; bit < 32; bit++) {
      NavigableMap<String, byte[]> objects = new TreeMap<>(place.contents());
      byte[] entry = Objects.requireNonNull(objects.get("backup-" + id)).clone();
      assertThat(LittleEndian.u32(entry, 16)).isZero();
      LittleEndian.putU32(entry, 16, 1 << bit);
      int end = entry.length - 4;
      int crc = new Checksum().begin(Checksum.TAG_BACKUP_ENTRY, 0, 0).update(entry, 0, end).value();
      LittleEndian.putU32(entry, end, crc);
      objects.put("backup-" + id, entry);
      Catalogue catalogue = new Catalogue(new DirectoryTarget(SimulatedStorage.of(objects)));
      assertThatThrownBy(() -> catalogue.get(id))
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("backup-" + id)
          .hasMessageContaining("feature bit " + bit + " (");
      assertThat(catalogue.list().damaged()).containsExactly(id);
    }
  }
}
