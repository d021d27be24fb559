package io.lightningdb.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A part of a range. All pages of a walk are read at one snapshot, which the service keeps for some minutes. Immutable.
 *
 * @param entries in the order of the range
 * @param cursor leads to the next page; empty on the last one
 * @param version the version that all pages of the walk are read at
 */
public record Page(List<Entry> entries, Optional<String> cursor, long version) {
  /** Keeps a copy of the entries. */
  public Page {
    entries = List.copyOf(entries);
  }

  static Page of(byte[] body) {
    List<Entry> entries = new ArrayList<>();
    String cursor = null;
    long version = 0;
    try (JsonParser parser = Json.MAPPER.createParser(body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "entries":
            while (parser.nextToken() == JsonToken.START_OBJECT) {
              EntryReader.Item item = EntryReader.item(parser, body);
              if (item.hasValue()) {
                entries.add(item.entry());
              }
            }
            break;
          case "cursor":
            cursor = parser.getString();
            break;
          case "version":
            version = parser.getLongValue();
            break;
          default:
            parser.skipChildren();
        }
      }
    }
    return new Page(entries, Optional.ofNullable(cursor), version);
  }
}
