package io.lightningdb.client;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What came of a batch or an execution. Immutable.
 *
 * @param succeeded whether the comparison of an execution held; true for a batch
 * @param version version of the commit; where nothing was written, of what was read
 * @param results one for each operation, in order
 */
public record BatchResult(boolean succeeded, long version, List<OperationResult> results) {
  /** Keeps a copy of the results. */
  public BatchResult {
    results = List.copyOf(results);
  }

  static BatchResult of(byte[] body) {
    boolean succeeded = true;
    long version = 0;
    List<OperationResult> results = new ArrayList<>();
    try (JsonParser parser = Json.MAPPER.createParser(body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("version")) {
          version = parser.getLongValue();
        } else if (name.equals("succeeded")) {
          succeeded = parser.getBooleanValue();
        } else if (name.equals("results")) {
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            results.add(new OperationResult(EntryReader.item(parser, body)));
          }
        } else {
          parser.skipChildren();
        }
      }
    }
    return new BatchResult(succeeded, version, results);
  }
}
