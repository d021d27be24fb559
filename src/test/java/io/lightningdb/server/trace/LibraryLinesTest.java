package io.lightningdb.server.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// What a library says while a connection is served stands in the log neither word by word nor without bound.
class LibraryLinesTest {
  private static final String SECRET = "/v1/keyspaces/s3cr3t";

  private final LoggerContext context = new LoggerContext();
  private final ch.qos.logback.classic.Logger library = context.getLogger("org.library.Reader");
  private final ch.qos.logback.classic.Logger ours =
      (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(LibraryLines.class);
  private final ListAppender<ILoggingEvent> theirLines = new ListAppender<>();
  private final ListAppender<ILoggingEvent> ourLines = new ListAppender<>();

  LibraryLinesTest() {
    context.addTurboFilter(new LibraryLines());
    theirLines.setContext(context);
    theirLines.start();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(theirLines);
    ourLines.setContext(ours.getLoggerContext());
    ourLines.start();
    ours.addAppender(ourLines);
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
  }

  @AfterEach
  void stopListening() {
    ours.detachAppender(ourLines);
  }

  private static List<String> texts(ListAppender<ILoggingEvent> lines) {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void warningsOfAServedConnectionAreNotLogged() {
    LibraryLines.whileServing(() -> {
      library.warn("odd path {}", SECRET);
      library.info(SECRET);
    });
    library.warn("said by a thread of its own");

    assertThat(texts(theirLines)).containsExactly("said by a thread of its own");
    assertThat(ourLines.list).isEmpty();
  }

  @Test
  void errorsOfAServedConnectionAreToldInWordsOfOurOwnAndNotWithoutBound() {
    IllegalStateException cause = new IllegalStateException("a defect");
    long start = System.nanoTime();
    LibraryLines.whileServing(() -> {
      for (int i = 0; i < 1_000; i++) {
        library.error("failed at {}", SECRET, cause);
      }
    });
    long seconds = (System.nanoTime() - start) / 1_000_000_000 + 1;

    assertThat(theirLines.list).isEmpty();
    assertThat(ourLines.list)
        .hasSizeBetween(1, (int) (BoundedLog.LINES_PER_SECOND_MAX * (seconds + 1)));
    assertThat(texts(ourLines))
        .allMatch(line -> line.contains("org.library.Reader") && !line.contains(SECRET));
    assertThat(ourLines.list.getFirst().getThrowableProxy().getMessage()).isEqualTo("a defect");
  }

  @Test
  void libraryThatIsLookedAtCloselySaysEverything() {
    library.setLevel(Level.DEBUG);
    LibraryLines.whileServing(() -> {
      library.debug("detail");
      library.warn(SECRET);
      library.error(SECRET);
    });
    assertThat(texts(theirLines)).containsExactly("detail", SECRET, SECRET);
    assertThat(ourLines.list).isEmpty();
  }

  @Test
  void libraryThatIsSwitchedOffCausesNoLine() {
    library.setLevel(Level.OFF);
    LibraryLines.whileServing(() -> library.error(SECRET));
    assertThat(theirLines.list).isEmpty();
    assertThat(ourLines.list).isEmpty();
  }

  @Test
  void linesOfTheServiceAndOfTheAuditPass() {
    LibraryLines.whileServing(() -> {
      context.getLogger("io.lightningdb.server.Part").warn("ours");
      context.getLogger("lightning.audit").info("audit");
    });
    assertThat(texts(theirLines)).containsExactly("ours", "audit");
  }
}
