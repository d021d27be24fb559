package io.lightningdb.tool.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// A request that is being put together. *Confined to one thread.*
final class Request {
  static final String JSON = "application/json";
  static final String NDJSON = "application/x-ndjson";

  private final String method;
  private final String path;
  private final StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
  private final Map<String, String> headers = new LinkedHashMap<>();
  private @Nullable Body body;

  private Request(String method, String path) {
    this.method = method;
    this.path = path;
  }

  static Request get(String path) {
    return new Request("GET", path);
  }

  static Request put(String path) {
    return new Request("PUT", path);
  }

  static Request post(String path) {
    return new Request("POST", path);
  }

  static Request delete(String path) {
    return new Request("DELETE", path);
  }

  /// Adds a parameter, unless its value is null.
  Request with(String parameter, @Nullable Object value) {
    if (value != null) {
      query.add(parameter + "=" + encoded(value.toString()));
    }
    return this;
  }

  /// Adds a header, unless its value is null.
  Request header(String name, @Nullable Object value) {
    if (value != null) {
      headers.put(name, value.toString());
    }
    return this;
  }

  Request body(String contentType, Body bytes) {
    headers.put("Content-Type", contentType);
    body = bytes;
    return this;
  }

  Request json(String text) {
    return body(JSON, Body.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  String target() {
    return path + query;
  }

  Map<String, String> headers() {
    return headers;
  }

  @Nullable Body body() {
    return body;
  }

  /// Whether the service may have done something although no answer came.
  boolean changes() {
    return !method.equals("GET");
  }

  /// A text for one segment of a path, or a parameter.
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }
}
