package io.lightningdb.client;

import tools.jackson.databind.node.ObjectNode;

/** Other writes or locks were in the way; nothing was changed, and the whole transaction may be done again. */
public final class ConflictException extends ProblemException {
  private static final long serialVersionUID = 1;

  ConflictException(Problem problem) {
    super(problem);
  }

  /** What the service would say of a transaction in the place of an update. */
  static ConflictException ofUpdate(String keyspace, Key key) {
    ObjectNode members = Json.MAPPER.createObjectNode();
    members.put("type", "/problems/transaction-conflict");
    members.put("title", "Other writes were faster");
    members.put("status", 409);
    members.put("detail", "The entry was changed each time between its read and its write.");
    members.put("retryable", true);
    members.put("keyspace", keyspace);
    members.put("conflictingKey", key.isText() ? key.toString() : key.base64url());
    return new ConflictException(Problem.of(members));
  }
}
