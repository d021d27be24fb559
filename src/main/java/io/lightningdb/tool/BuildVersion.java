package io.lightningdb.tool;

import io.lightningdb.engine.format.FileFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// What `--version` prints.
final class BuildVersion implements IVersionProvider {
  /// Called by picocli.
  BuildVersion() {}

  @Override
  public String[] getVersion() throws IOException {
    Properties build = new Properties();
    try (InputStream written =
        BuildVersion.class.getResourceAsStream("/META-INF/build-info.properties")) {
      if (written != null) {
        build.load(written);
      }
    }
    return new String[] {
      "Lightning DB " + build.getProperty("build.version", "(not built by Maven)"),
      "disk format " + FileFormat.FORMAT + ", Java " + Runtime.version()
    };
  }
}
