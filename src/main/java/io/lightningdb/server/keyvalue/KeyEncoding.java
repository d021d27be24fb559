package io.lightningdb.server.keyvalue;

import io.lightningdb.server.web.Words;

/// How the bytes of keys are written in requests and answers.
public enum KeyEncoding implements Words.Spelled {
  /// UTF-8 text.
  TEXT("text"),
  /// Base64 with the alphabet for URLs, without padding: any bytes.
  BASE64URL("base64url");

  private final String word;

  KeyEncoding(String word) {
    this.word = word;
  }

  @Override
  public String word() {
    return word;
  }
}
