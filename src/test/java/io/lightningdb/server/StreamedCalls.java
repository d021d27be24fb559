package io.lightningdb.server;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls of a service that stream what they send and drop what they are answered. *Thread-safe.*
///
/// @param address of the service, with its scheme and without a path
record StreamedCalls(String address) {
  /// No answer, and none that could be read: the connection was cut while the call was sent.
  static final int CUT = 0;

  private static final int BLOCK_BYTES = 64 << 10;
  private static final int TIMEOUT_MILLIS = 60_000;

  /// What a call sends.
  interface Body {
    void writeTo(OutputStream target) throws IOException;
  }

  /// The answer of a GET.
  String text(String path) throws IOException {
    try (InputStream in = open("GET", path, "").getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// The answer of a call.
  static JsonNode json(HttpURLConnection call) throws IOException {
    try (InputStream in = call.getInputStream()) {
      return new JsonMapper().readTree(in.readAllBytes());
    }
  }

  HttpURLConnection open(String method, String path, String mediaType) throws IOException {
    HttpURLConnection call =
        (HttpURLConnection) URI.create(address + path).toURL().openConnection();
    call.setRequestMethod(method);
    call.setConnectTimeout(TIMEOUT_MILLIS);
    call.setReadTimeout(TIMEOUT_MILLIS);
    String wanted = mediaType.isEmpty() ? "*/*" : mediaType;
    call.setRequestProperty(method.equals("GET") ? "Accept" : "Content-Type", wanted);
    return call;
  }

  /// Sends a call.
  ///
  /// @param bytes length of the body; 0 for none, negative for a chunked one
  /// @return the status, or [#CUT]
  int send(String method, String path, String mediaType, long bytes, Body body) throws IOException {
    HttpURLConnection call = open(method, path, mediaType);
    if (bytes != 0) {
      call.setDoOutput(true);
      if (bytes < 0) {
        call.setChunkedStreamingMode(BLOCK_BYTES);
      } else {
        call.setFixedLengthStreamingMode(bytes);
      }
      try (OutputStream out = new BufferedOutputStream(call.getOutputStream(), BLOCK_BYTES)) {
        body.writeTo(out);
      } catch (IOException cut) {
        // Refused before all of it was sent; an answer may have come all the same.
        return statusOrCut(call, cut);
      }
    }
    return drained(call);
  }

  private static int statusOrCut(HttpURLConnection call, IOException cut) throws IOException {
    try {
      return drained(call);
    } catch (IOException _) {
      if (cut instanceof ConnectException) {
        throw cut;
      }
      return CUT;
    }
  }

  /// Reads an answer to its end.
  static int drained(HttpURLConnection call) throws IOException {
    int status = call.getResponseCode();
    try (InputStream in = status < 400 ? call.getInputStream() : call.getErrorStream()) {
      if (in != null) {
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
    return status;
  }
}
