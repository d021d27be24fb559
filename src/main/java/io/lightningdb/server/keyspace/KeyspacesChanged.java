package io.lightningdb.server.keyspace;

/// A keyspace was created or dropped. Published to the parts of the service that keep something for each keyspace.
public record KeyspacesChanged() {}
