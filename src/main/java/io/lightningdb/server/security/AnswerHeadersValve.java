package io.lightningdb.server.security;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.http.MimeHeaders;

/// Begins every answer with the headers of [AnswerHeaders], as bytes. The web server makes an encoder for each text that it sends as a
/// header, which for these took as long as everything that a small read does in the database.
///
/// What is made of the answer later may replace them, as with any header.
final class AnswerHeadersValve extends ValveBase {
  private final List<Header> headers;

  /// Prepares the headers.
  ///
  /// @param headers by name
  AnswerHeadersValve(Map<String, String> headers) {
    super(true);
    this.headers =
        headers.entrySet().stream().map(each -> Header.of(each.getKey(), each.getValue())).toList();
  }

  private record Header(byte[] name, byte[] value) {
    static Header of(String name, String value) {
      return new Header(
          name.getBytes(StandardCharsets.US_ASCII), value.getBytes(StandardCharsets.US_ASCII));
    }

    /// Copies, for the web server uses the array again when the answer has gone.
    void addTo(MimeHeaders answer) {
      answer.addValue(name.clone(), 0, name.length).setBytes(value.clone(), 0, value.length);
    }
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    MimeHeaders answer = response.getCoyoteResponse().getMimeHeaders();
    headers.forEach(header -> header.addTo(answer));
    getNext().invoke(request, response);
  }
}
