package io.lightningdb.server.idempotency;

import io.lightningdb.engine.Durability;
import io.lightningdb.server.keyvalue.JsonText;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// An answer as it is before its commit, whose version is not known yet. Where the answer names the version of the
/// commit, in members `version` of its object or of the results in it, the draft has [#VERSION].
///
/// @param durability what the commit must survive
/// @param tag whether the answer has an ETag
/// @param body JSON
@SuppressWarnings("ArrayRecordComponent") // A plain carrier: never compared, never a map key.
public record AnswerDraft(Durability durability, Tag tag, byte[] body) {
  /// Stands for the version of the commit; no commit ever has this number.
  public static final long VERSION = 999_999_999_999_999_999L;

  /// Whether an answer has an ETag, the version of the commit.
  public enum Tag {
    /// It has none.
    ABSENT,
    /// It has one.
    PRESENT
  }

  /// Where the version is to be filled in. Members of values that clients stored lie deeper, so they are never
  /// mistaken.
  ///
  /// @return offsets into the body
  List<Integer> versionOffsets() {
    List<Integer> offsets = new ArrayList<>();
    String mark = Long.toString(VERSION);
    String name = "";
    int depth = 0;
    try (JsonParser parser = JsonText.parser(body)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (token == JsonToken.PROPERTY_NAME) {
          name = parser.currentName();
        } else if (token == JsonToken.VALUE_NUMBER_INT
            && (depth == 1 || depth == 3)
            && name.equals("version")
            && parser.getString().equals(mark)) {
          offsets.add((int) parser.currentTokenLocation().getByteOffset());
        }
      }
    }
    return offsets;
  }
}
