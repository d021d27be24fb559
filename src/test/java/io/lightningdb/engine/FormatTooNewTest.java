package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Specimen;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Files of a newer engine are refused and left as they are.
class FormatTooNewTest {
  private static final String LOG = FileFormat.log(1);

  @Test
  void aManifestOfANewerFormatIsRefused() {
    Checksum checksum = new Checksum().begin(Checksum.TAG_MANIFEST_HEADER, 0, 0);
    assertRefused(FileFormat.MANIFEST, 28, checksum);
  }

  @Test
  void aLogOfANewerFormatIsRefused() {
    Checksum checksum = new Checksum().begin(Checksum.TAG_LOG_HEADER, 1, 0);
    assertRefused(LOG, 60, checksum);
  }

  /// Raises the format in a file's header, whose checksum stands at an offset, and covers all before it.
  private static void assertRefused(String file, int checksumAt, Checksum checksum) {
    Specimen specimen = Specimen.killed();
    byte[] content = specimen.file(file).clone();
    assertThat(LittleEndian.u32(content, 8)).isEqualTo(FileFormat.FORMAT);
    LittleEndian.putU32(content, 8, FileFormat.FORMAT + 1);
    LittleEndian.putU32(content, checksumAt, checksum.update(content, 0, checksumAt).value());
    NavigableMap<String, byte[]> files = new TreeMap<>(specimen.files());
    files.put(file, content);
    SimulatedStorage storage = SimulatedStorage.of(files);
    assertThatThrownBy(() -> Machine.on(storage, 1).open(Specimen.variant().database()))
        .isInstanceOf(EngineException.FormatTooNew.class)
        .hasMessageContaining(file);
    assertThat(storage.contents()).usingRecursiveComparison().isEqualTo(files);
  }
}
