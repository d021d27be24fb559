package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.engine.Expiry;
import io.lightningdb.server.keyvalue.ExpiryReader;
import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.KeyText;
import io.lightningdb.server.keyvalue.StoredValue;
import io.lightningdb.server.keyvalue.ValueReader;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.Words;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Lines of JSON: documents that hold their key, or entries as export writes them. *Not thread-safe.*
final class NdjsonSource implements ImportSource {
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final LineReader lines;
  private final Optional<KeyField> keyField;
  private final int lineBytesMax;
  private final long valueBytesMax;

  private long number;

  /// Reads lines.
  ///
  /// @param lines the lines
  /// @param keyField where documents hold their key; nothing means that lines are entries
  /// @param bounds longest line and largest value
  NdjsonSource(LineReader lines, Optional<KeyField> keyField, ImportBounds bounds) {
    this.lines = lines;
    this.keyField = keyField;
    this.lineBytesMax = bounds.lineBytesMax();
    this.valueBytesMax = bounds.valueBytesMax();
  }

  @Override
  public Optional<ImportItem> next() throws IOException {
    long skipped = lines.skipEmpty();
    number += skipped;
    Optional<LineReader.Line> line = lines.next();
    if (line.isEmpty()) {
      return skipped == 0 ? Optional.empty() : Optional.of(new ImportItem.Blank(number));
    }
    number++;
    return Optional.of(item(number == 1 ? withoutMark(line.get()) : line.get()));
  }

  /// Leaves the byte order mark out that some editors begin UTF-8 with.
  private static LineReader.Line withoutMark(LineReader.Line line) {
    byte[] bytes = line.bytes();
    if (bytes.length < MARK.length || !Arrays.equals(bytes, 0, MARK.length, MARK, 0, MARK.length)) {
      return line;
    }
    return new LineReader.Line(
        Arrays.copyOfRange(bytes, MARK.length, bytes.length), line.length() - MARK.length);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  private ImportItem item(LineReader.Line line) {
    if (line.isTooLong()) {
      return rejected(
          "The line has %d bytes; at most %d are allowed.".formatted(line.length(), lineBytesMax));
    }
    if (isBlank(line.bytes())) {
      return new ImportItem.Blank(number);
    }
    Optional<String> fault = JsonText.fault(line.bytes());
    if (fault.isPresent()) {
      return rejected("The line is not JSON: " + fault.get() + ".");
    }
    try {
      return keyField.isPresent() ? document(keyField.get(), line.bytes()) : entry(line.bytes());
    } catch (ProblemException e) {
      return rejected(e.problem().detail());
    }
  }

  private ImportItem.Rejected rejected(String reason) {
    return new ImportItem.Rejected(number, reason);
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  private ImportItem document(KeyField field, byte[] document) {
    Optional<String> key = field.keyOf(document);
    if (key.isEmpty()) {
      return rejected(
          "The document has neither a string nor a whole number at " + field.pointer() + ".");
    }
    if (document.length > valueBytesMax) {
      return rejected(
          "The document has %d bytes; at most %d are allowed."
              .formatted(document.length, valueBytesMax));
    }
    byte[] keyBytes = KeyText.ofJson(key.get(), KeyEncoding.TEXT);
    return new ImportItem.Entry(
        number, keyBytes, new StoredValue(StoredValue.JSON, document), Expiry.byDefault());
  }

  private ImportItem entry(byte[] line) {
    EntryLine entry = new EntryLine();
    try (JsonParser parser = JsonText.parser(line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return rejected(
            "The line is not a JSON object with the members key and value; is keyField missing?");
      }
      JsonText.readObject(parser, (name, member) -> entry.take(name, member, line));
    }
    return entry.toItem();
  }

  /// Collects the members of one entry.
  private final class EntryLine {
    private final ValueReader value = new ValueReader(valueBytesMax);
    private final ExpiryReader expiry = new ExpiryReader();
    private @Nullable String key;
    private KeyEncoding keyEncoding = KeyEncoding.TEXT;

    void take(String name, JsonParser parser, byte[] line) {
      switch (name) {
        case "key" -> key = ValueReader.string(name, parser);
        case "keyEncoding" -> keyEncoding = keyEncoding(ValueReader.string(name, parser));
        // A list has it. The version of an imported entry is that of its import.
        case "version" -> JsonText.skipValue(parser);
        default -> {
          if (!value.take(name, parser, line) && !expiry.take(name, parser)) {
            throw invalid("The member " + name + " is not known here; is keyField missing?");
          }
        }
      }
    }

    private static KeyEncoding keyEncoding(String word) {
      return Words.find(KeyEncoding.class, word)
          .orElseThrow(() ->
              invalid("The member keyEncoding must be " + Words.list(KeyEncoding.class) + "."));
    }

    ImportItem toItem() {
      String text = key;
      if (text == null) {
        return rejected("The member key is missing; is keyField missing?");
      }
      return new ImportItem.Entry(
          number, KeyText.ofJson(text, keyEncoding), value.toValue(), expiry.toExpiry());
    }

    private static ProblemException invalid(String detail) {
      return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
    }
  }
}
