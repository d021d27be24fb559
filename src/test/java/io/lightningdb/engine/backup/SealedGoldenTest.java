package io.lightningdb.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.GoldenLife;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Catalogue, verifications and archive as the newest format has them: what is kept is read, and written again to the same bytes.
class SealedGoldenTest {

  private static byte[] again(String name, byte[] kept) {
    if (name.startsWith("backup-")) {
      return BackupEntry.decode(kept).encode();
    }
    return name.startsWith("verified-")
        ? Verification.decode(kept).encode()
        : ArchivePiece.decode(kept).encode();
  }

  @Test
  void whatIsKeptIsWrittenAgain() throws IOException {
    int entries = 0;
    int verifications = 0;
    int pieces = 0;
    Map<String, byte[]> objects = GoldenLife.kept(FileFormat.FORMAT).target();
    for (Map.Entry<String, byte[]> object : objects.entrySet()) {
      String name = object.getKey();
      if (!name.startsWith("data-") && !name.startsWith("gap-")) {
        assertThat(again(name, object.getValue())).as(name).isEqualTo(object.getValue());
        entries += name.startsWith("backup-") ? 1 : 0;
        verifications += name.startsWith("verified-") ? 1 : 0;
        pieces += name.startsWith("archive-") ? 1 : 0;
      }
    }
    assertThat(entries).isEqualTo(3);
    assertThat(verifications).isEqualTo(2);
    assertThat(pieces).isGreaterThan(4);
  }
}
