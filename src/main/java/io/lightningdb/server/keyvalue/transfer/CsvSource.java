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
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.io.input.BOMInputStream;
import tools.jackson.core.JsonGenerator;

/// Rows of CSV (RFC 4180, UTF-8) below a header row. Lines with nothing on them are no rows. *Not thread-safe.*
///
/// With a key field each row becomes a JSON object of strings, stored under the text of that column. Without, the
/// columns are `key`, `value` and, if wanted, `contentType` (default `text/plain;charset=utf-8`).
final class CsvSource implements ImportSource {
  private static final String KEY = "key";
  private static final String VALUE = "value";
  private static final String CONTENT_TYPE = "contentType";
  private static final Set<String> COLUMNS = Set.of(KEY, VALUE, CONTENT_TYPE);

  private final BoundedRows bytes;
  private final CSVParser parser;
  private final Iterator<CSVRecord> rows;
  private final List<String> names;
  private final boolean isDocument;
  private final int keyIndex;
  private final ImportBounds bounds;

  private long lastLine;

  /// Reads the header row.
  ///
  /// @param in the bytes
  /// @param keyField column that holds the key, as a pointer of one step; nothing means the columns are those of an
  ///     entry
  /// @param bounds longest row and largest value
  /// @throws IOException if the stream cannot be read
  /// @throws ProblemException if the header row does not have the columns
  CsvSource(InputStream in, Optional<KeyField> keyField, ImportBounds bounds) throws IOException {
    this.bounds = bounds;
    this.bytes = new BoundedRows(in, bounds.lineBytesMax());
    InputStream withoutMark = BOMInputStream.builder().setInputStream(bytes).get();
    this.parser =
        CSVParser.builder()
            .setReader(new Utf8Reader(withoutMark))
            .setFormat(CSVFormat.RFC4180)
            .get();
    this.rows = parser.iterator();
    this.isDocument = keyField.isPresent();
    this.names = header();
    String key = keyField.map(CsvSource::column).orElse(KEY);
    checkColumns(isDocument ? Set.of(key) : Set.of(KEY, VALUE));
    this.keyIndex = names.indexOf(key);
  }

  private static String column(KeyField field) {
    if (field.pointer().tail() == null || !field.pointer().tail().matches()) {
      throw invalid("For CSV the keyField has one step: the name of a column.");
    }
    return field.pointer().getMatchingProperty();
  }

  private List<String> header() throws IOException {
    for (Optional<CSVRecord> row = row(); row.isPresent(); row = row()) {
      List<String> columns = row.get().toList();
      if (!columns.equals(List.of(""))) {
        return columns;
      }
    }
    return List.of();
  }

  private void checkColumns(Set<String> wanted) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (name.isBlank()) {
        throw invalid("The header row has a column without a name.");
      }
      if (!seen.add(name)) {
        throw invalid("The header row has the column " + name + " twice.");
      }
    }
    for (String column : wanted) {
      if (!seen.contains(column)) {
        throw invalid("The header row has no column " + column + ".");
      }
    }
    if (!isDocument && !COLUMNS.containsAll(names)) {
      throw invalid("Without keyField the columns are key, value and contentType, and no others.");
    }
  }

  @Override
  public Optional<ImportItem> next() throws IOException {
    Optional<CSVRecord> row = row();
    long line = parser.getCurrentLineNumber();
    boolean isMore = line > lastLine;
    lastLine = line;
    if (row.isEmpty()) {
      return isMore ? Optional.of(new ImportItem.Blank(line)) : Optional.empty();
    }
    return Optional.of(isBlank(row.get()) ? new ImportItem.Blank(line) : item(line, row.get()));
  }

  private Optional<CSVRecord> row() throws IOException {
    bytes.nextRow();
    // A row may have many lines; a fault is in one that begins behind the last that was read.
    long begin = parser.getCurrentLineNumber() + 1;
    try {
      return rows.hasNext() ? Optional.of(rows.next()) : Optional.empty();
    } catch (UncheckedIOException e) {
      throw fault(begin, Objects.requireNonNull(e.getCause()));
    }
  }

  /// Says what keeps a row from being read. It ends the import: where the next row begins is not known.
  ///
  /// @param line where the row begins
  /// @param failure what the parser met
  /// @return a failure to throw
  /// @throws IOException the failure itself if it is not one of the row
  private static ProblemException fault(long line, IOException failure) throws IOException {
    String what =
        switch (failure) {
          case CharacterCodingException _ -> "is not valid UTF-8";
          case CSVException syntax -> "is not CSV: " + syntax.getMessage();
          default -> throw failure;
        };
    String detail = "The row that begins in line %d %s.".formatted(line, what);
    return Problem.of(ProblemType.MALFORMED_REQUEST, detail).with("line", line).asException();
  }

  /// Tells whether a row is a line with nothing on it. Where there is one column only, spaces may be its value.
  private boolean isBlank(CSVRecord row) {
    return row.size() == 1 && (row.get(0).isEmpty() || (names.size() > 1 && row.get(0).isBlank()));
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  private ImportItem item(long line, CSVRecord row) {
    try {
      if (row.size() != names.size()) {
        throw invalid(
            "The row has %d columns and the header row %d.".formatted(row.size(), names.size()));
      }
      StoredValue value = isDocument ? document(row) : value(row);
      if (value.bytes().length > bounds.valueBytesMax()) {
        throw invalid(
            "The value has %d bytes; at most %d are allowed."
                .formatted(value.bytes().length, bounds.valueBytesMax()));
      }
      byte[] key = KeyText.ofJson(row.get(keyIndex), KeyEncoding.TEXT);
      return new ImportItem.Entry(line, key, value, Expiry.byDefault());
    } catch (ProblemException e) {
      return new ImportItem.Rejected(line, e.problem().detail());
    }
  }

  private StoredValue document(CSVRecord row) {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonText.generator(target)) {
      json.writeStartObject();
      for (int i = 0; i < names.size(); i++) {
        json.writeStringProperty(names.get(i), row.get(i));
      }
      json.writeEndObject();
    }
    return new StoredValue(StoredValue.JSON, target.toByteArray());
  }

  private StoredValue value(CSVRecord row) {
    int typeIndex = names.indexOf(CONTENT_TYPE);
    String contentType = typeIndex < 0 ? "" : row.get(typeIndex);
    byte[] value = row.get(names.indexOf(VALUE)).getBytes(StandardCharsets.UTF_8);
    return ContentTypes.value(contentType.isEmpty() ? StoredValue.TEXT : contentType, value);
  }

  private static ProblemException invalid(String detail) {
    return Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
  }
}
