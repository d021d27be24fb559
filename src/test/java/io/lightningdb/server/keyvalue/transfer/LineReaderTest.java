package io.lightningdb.server.keyvalue.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LineReaderTest {

  private static List<String> lines(String text, int max) throws IOException {
    LineReader reader = new LineReader(new ByteArrayInputStream(text.getBytes(UTF_8)), max);
    List<String> lines = new ArrayList<>();
    for (Optional<LineReader.Line> line = reader.next(); line.isPresent(); line = reader.next()) {
      lines.add(
          line.get().isTooLong()
              ? "too long: " + line.get().length()
              : new String(line.get().bytes(), UTF_8));
    }
    return lines;
  }

  @Test
  void linesEndWithLineFeedsOrTheStream() throws IOException {
    assertThat(lines("", 10)).isEmpty();
    assertThat(lines("a", 10)).containsExactly("a");
    assertThat(lines("a\n", 10)).containsExactly("a");
    assertThat(lines("a\r\nb\rc\n\n\r\nd\r", 10)).containsExactly("a", "b\rc", "", "", "d");
  }

  @Test
  void lineOfTheGreatestLengthIsReadAndALongerOnePassedOver() throws IOException {
    assertThat(lines("abc\nabcd\nabc", 3)).containsExactly("abc", "too long: 4", "abc");
  }

  @Test
  void linesMayCrossTheBuffer() throws IOException {
    String first = "x".repeat((64 << 10) - 1);
    String second = "y".repeat(200_000);
    assertThat(lines(first + "\n" + second + "\n" + first + "\r\n", 300_000))
        .containsExactly(first, second, first);
    assertThat(lines(second + "\nend", 100)).containsExactly("too long: 200000", "end");
  }
}
