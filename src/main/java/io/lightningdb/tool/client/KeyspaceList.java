package io.lightningdb.tool.client;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Names of keyspaces, for completion: asked for at most every few seconds. *Confined to one thread.*
final class KeyspaceList {
  private static final long FRESH_NANOS = 5_000_000_000L;

  private final Service service;
  private List<String> names = List.of();
  private long asked = System.nanoTime() - FRESH_NANOS;

  KeyspaceList(Service service) {
    this.service = service;
  }

  /// The first page of them.
  List<String> names() {
    if (System.nanoTime() - asked >= FRESH_NANOS) {
      asked = System.nanoTime();
      try {
        List<String> found = new ArrayList<>();
        for (JsonNode keyspace :
            Json.read(service.text(Request.get("/v1/keyspaces"))).path("keyspaces")) {
          found.add(keyspace.path("name").asString(""));
        }
        names = found;
      } catch (ClientException _) {
        // There is nothing to complete with; the command that is typed will say why.
        names = List.of();
      }
    }
    return names;
  }
}
