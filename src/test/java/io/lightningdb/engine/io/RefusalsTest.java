package io.lightningdb.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lightningdb.engine.io.ResourceExhaustedException.Resource;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// What the system refuses is recognised in whatever language it says so.
class RefusalsTest {
  private static final Map<Integer, String> GERMAN =
      Map.of(
          12, "Nicht genügend Hauptspeicher verfügbar",
          23, "Zu viele offene Dateien im System",
          24, "Zu viele offene Dateien",
          28, "Auf dem Gerät ist kein Speicherplatz mehr verfügbar");

  @Test
  void aTranslatedTextIsRecognised() {
    Refusals refusals = new Refusals(GERMAN::get);
    assertThat(refusals.resource(new IOException(GERMAN.get(28)))).isEqualTo(Resource.SPACE);
    assertThat(refusals.resource(new FileSystemException("/data/log", null, GERMAN.get(24))))
        .isEqualTo(Resource.DESCRIPTORS);
    assertThat(refusals.resource(new IOException("cannot write to a: " + GERMAN.get(12))))
        .isEqualTo(Resource.MEMORY);
    assertThat(refusals.resource(new IOException("Eingabe-/Ausgabefehler"))).isNull();
    // A name that says so is no reason.
    assertThat(refusals.resource(new FileSystemException(GERMAN.get(28), null, "Ist defekt")))
        .isNull();
  }

  @Test
  void withoutTheCLibraryItIsTakenToSpeakEnglish() {
    Refusals refusals = new Refusals(_ -> null);
    assertThat(refusals.resource(new IOException("No space left on device")))
        .isEqualTo(Resource.SPACE);
    assertThat(refusals.resource(new IOException())).isNull();
  }

  /// In the language of this process, which is not English everywhere.
  @Test
  @EnabledOnOs(OS.LINUX)
  void aTrueRefusalIsRecognised() throws IOException {
    try (FileOutputStream full = new FileOutputStream("/dev/full")) {
      IOException refusal = catchThrowableOfType(IOException.class, () -> full.write(1));
      assertThat(refusal).isNotNull();
      assertThat(Refusals.of(refusal))
          .isInstanceOfSatisfying(
              ResourceExhaustedException.class,
              found -> assertThat(found.resource()).isEqualTo(Resource.SPACE));
    }
  }
}
