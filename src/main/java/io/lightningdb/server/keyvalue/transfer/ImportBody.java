package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.HeldPlace;
import io.lightningdb.server.web.MediaTypes;
import io.lightningdb.server.web.RequestBodies;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.springframework.http.MediaType;

/// Opens the body of an import.
final class ImportBody {
  private ImportBody() {}

  /// Finds the lines in a body.
  ///
  /// @param request NDJSON or CSV, plain or with the Content-Encoding gzip; or a gzip file, which holds NDJSON
  /// @param keyField where lines hold their key
  /// @param bounds how large they may be
  /// @return the lines
  /// @throws IOException if the body cannot be read
  static ImportSource source(
      HttpServletRequest request, Optional<KeyField> keyField, ImportBounds bounds)
      throws IOException {
    MediaType type = MediaType.parseMediaType(String.valueOf(request.getContentType()));
    MediaTypes.requireUtf8(type);
    InputStream in = decoded(request, bounds);
    if (type.equalsTypeAndSubtype(MediaType.parseMediaType(MediaTypes.CSV))) {
      return new CsvSource(in, keyField, bounds);
    }
    boolean file = type.equalsTypeAndSubtype(MediaType.parseMediaType(MediaTypes.GZIP));
    InputStream lines = file ? new GzipInput(in, bounds.expansionMax()) : in;
    return new NdjsonSource(new LineReader(lines, bounds.lineBytesMax()), keyField, bounds);
  }

  private static InputStream decoded(HttpServletRequest request, ImportBounds bounds)
      throws IOException {
    Optional<String> encoding = RequestBodies.contentEncoding(request);
    if (encoding.isEmpty()) {
      return HeldPlace.reading(request);
    }
    if (encoding.get().equals("gzip")) {
      return new GzipInput(HeldPlace.reading(request), bounds.expansionMax());
    }
    String detail =
        "The body has the Content-Encoding " + encoding.get() + "; only gzip is known here.";
    throw Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, detail).asException();
  }
}
