package io.lightningdb.tool.client;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.Layout;
import com.fasterxml.jackson.annotation.JsonFormat;
import io.lightningdb.LightningDbApplication;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import org.jline.reader.LineReader;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ffm.FfmTerminalProvider;
import org.slf4j.Logger;
import picocli.CommandLine;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/// What client commands need to run in a process of their own, and nothing that only the service needs: a class path
/// that is read sooner than that of the tests.
final class CommandClasses {
  private CommandClasses() {}

  static String path() {
    return Stream.of(
            LightningDbApplication.class,
            CommandLine.class,
            JsonFormat.class,
            JsonParser.class,
            JsonNode.class,
            LineReader.class,
            Terminal.class,
            FfmTerminalProvider.class,
            ProgressBar.class,
            Logger.class,
            LoggerContext.class,
            Layout.class)
        .map(CommandClasses::place)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
