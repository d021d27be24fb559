package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.ChildProcess;
import io.lightningdb.engine.testkit.CutFileProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that are cut while they are in use, and pages that the system does not deliver, cost what was in them and
/// nothing else: the process lives, and the file is named.
class CutFileTest {
  @TempDir Path directory;

  @Test
  void everyReaderOutlivesAFileThatIsCut() throws IOException {
    Map<String, Integer> faults = new HashMap<>();
    try (ChildProcess child =
        ChildProcess.start(CutFileProcess.class, List.of(directory.toString()))) {
      for (String line = child.nextLine(); !line.equals("ok"); line = child.nextLine()) {
        int space = line.lastIndexOf(' ');
        faults.put(line.substring(0, space), Integer.parseInt(line.substring(space + 1)));
      }
    }
    assertThat(faults)
        .containsKeys(
            "get",
            "forward",
            "reverse",
            "compact",
            "check",
            "backup",
            "verify",
            "manifest",
            "open",
            "copy",
            "salvage",
            "scrub",
            "object",
            "whole",
            "store",
            "append",
            "dump of a manifest",
            "dump of a log",
            "dump of a run");
    assertThat(faults.values()).allSatisfy(count -> assertThat(count).isPositive());
  }
}
