package io.lightningdb.client;

import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A request that may be sent several times. Made by one thread, not changed once it is sent. */
final class Call {
  private final String method;
  private final StringBuilder target;
  private final List<String> headers = new ArrayList<>();
  private byte[] body;
  private boolean repeatable;
  private boolean query;

  private Call(String method, String path) {
    this.method = method;
    this.target = new StringBuilder(path);
  }

  /** A call that must not be done twice. */
  static Call once(String method, String path) {
    return new Call(method, path);
  }

  /** A call that does the same if it is done twice. */
  static Call repeatable(String method, String path) {
    Call call = new Call(method, path);
    call.repeatable = true;
    return call;
  }

  /** Makes it one that the service does once, however often it is sent. */
  Call withIdempotencyKey() {
    repeatable = true;
    return header("Idempotency-Key", UUID.randomUUID().toString());
  }

  /** A header; null means none. */
  Call header(String name, String value) {
    if (value != null) {
      headers.add(name);
      headers.add(value);
    }
    return this;
  }

  /** A parameter of the query; null means none. */
  Call parameter(String name, String value) {
    if (value != null) {
      target.append(query ? '&' : '?').append(name).append('=');
      target.append(Key.percentEncoded(value.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      query = true;
    }
    return this;
  }

  Call json(byte[] document) {
    return body(document, "application/json");
  }

  Call body(byte[] bytes, String contentType) {
    body = bytes;
    return header("Content-Type", contentType);
  }

  boolean isRepeatable() {
    return repeatable;
  }

  String target() {
    return target.toString();
  }

  void applyTo(HttpRequest.Builder request) {
    for (int i = 0; i < headers.size(); i += 2) {
      request.setHeader(headers.get(i), headers.get(i + 1));
    }
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(body));
  }

  /** For messages: without the query. */
  @Override
  public String toString() {
    String path = target.toString();
    int end = path.indexOf('?');
    return method + " " + (end < 0 ? path : path.substring(0, end));
  }
}
