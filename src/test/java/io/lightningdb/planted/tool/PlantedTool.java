package io.lightningdb.planted.tool;

import io.lightningdb.planted.server.PlantedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Breaks, on purpose: the independence of tools from the server, the rules for JSON, for the end of the
/// process and for the modes of files, and all rules for tests. Surefire does not run it, because of its name.
@Disabled
final class PlantedTool {

  @Test
  void exits() throws InterruptedException {
    PlantedServer.start();
    Thread.sleep(0);
    System.exit(0);
  }

  static JsonNode reads() {
    return MissingNode.getInstance();
  }

  static void writes(Path file) throws IOException {
    Files.write(file, new byte[0]);
  }
}
