package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.engine.Expiry;
import io.lightningdb.server.keyvalue.ContentTypes;
import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.KeyText;
import io.lightningdb.server.keyvalue.StoredValue;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import org.apache.commons.io.input.BOMInputStream;
import tools.jackson.core.JsonGenerator;

/// Rows of CSV (RFC 4180, UTF-8) below a header row. *Not thread-safe.*
///
/// With a key field each row becomes a JSON object of strings, stored under the text of that column. Without, the columns are
/// `key`, `value` and, if wanted, `contentType` (default `text/plain;charset=utf-8`).
final class CsvSource implements ImportSource {
  private static final Set<String> COLUMNS = Set.of("key", "value", "contentType");

  private final BoundedRows bytes;
  private final CSVParser parser;
  private final Iterator<CSVRecord> rows;
  private final Optional<String> keyColumn;
  private final ImportBounds bounds;

  /// Reads the header row.
  ///
  /// @param in the bytes
  /// @param keyField column that holds the key, as a pointer of one step; nothing means the columns are those of an entry
  /// @param bounds longest row and largest value
  /// @throws IOException if the stream cannot be read
  /// @throws ProblemException if the header row does not have the columns
  CsvSource(InputStream in, Optional<KeyField> keyField, ImportBounds bounds) throws IOException {
    this.bounds = bounds;
    this.bytes = new BoundedRows(in, bounds.lineBytesMax());
    this.keyColumn = keyField.map(CsvSource::column);
    InputStream withoutMark = BOMInputStream.builder().setInputStream(bytes).get();
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
            .get();
    try {
      this.parser =
          CSVParser.builder()
              .setReader(new InputStreamReader(withoutMark, StandardCharsets.UTF_8.newDecoder()))
              .setFormat(format)
              .get();
    } catch (IllegalArgumentException e) {
      throw invalid("The header row cannot be read: " + e.getMessage() + ".");
    }
    this.rows = parser.iterator();
    checkColumns(parser.getHeaderNames());
  }

  private static String column(KeyField field) {
    if (field.pointer().tail() == null || !field.pointer().tail().matches()) {
      throw invalid("For CSV the keyField has one step: the name of a column.");
    }
    return field.pointer().getMatchingProperty();
  }

  private void checkColumns(List<String> names) {
    Set<String> wanted = keyColumn.map(Set::of).orElse(Set.of("key", "value"));
    for (String column : wanted) {
      if (!names.contains(column)) {
        throw invalid("The header row has no column " + column + ".");
      }
    }
    if (keyColumn.isEmpty() && !COLUMNS.containsAll(names)) {
      throw invalid("Without keyField the columns are key, value and contentType, and no others.");
    }
  }

  @Override
  public Optional<ImportItem> next() throws IOException {
    bytes.nextRow();
    try {
      return rows.hasNext() ? Optional.of(item(rows.next())) : Optional.empty();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private ImportItem item(CSVRecord row) {
    long line = parser.getCurrentLineNumber();
    try {
      if (!row.isConsistent()) {
        throw invalid(
            "The row has %d columns and the header row %d."
                .formatted(row.size(), parser.getHeaderNames().size()));
      }
      StoredValue value = keyColumn.isPresent() ? document(row) : value(row);
      if (value.bytes().length > bounds.valueBytesMax()) {
        throw invalid(
            "The value has %d bytes; at most %d are allowed."
                .formatted(value.bytes().length, bounds.valueBytesMax()));
      }
      byte[] key = KeyText.ofJson(row.get(keyColumn.orElse("key")), KeyEncoding.TEXT);
      return new ImportItem.Entry(line, key, value, Expiry.byDefault());
    } catch (ProblemException e) {
      return new ImportItem.Rejected(line, e.problem().detail());
    }
  }

  private StoredValue document(CSVRecord row) {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonText.generator(target)) {
      json.writeStartObject();
      for (String name : parser.getHeaderNames()) {
        json.writeStringProperty(name, row.get(name));
      }
      json.writeEndObject();
    }
    return new StoredValue(StoredValue.JSON, target.toByteArray());
  }

  private static StoredValue value(CSVRecord row) {
    String contentType = row.isMapped("contentType") ? row.get("contentType") : "";
    byte[] value = row.get("value").getBytes(StandardCharsets.UTF_8);
    return ContentTypes.value(contentType.isEmpty() ? StoredValue.TEXT : contentType, value);
  }

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }
}
