package io.lightningdb.engine.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which transactions depend on which. *Confined to one thread.*
final class DependencyGraph {
  private final List<Map<Integer, Integer>> edges = new ArrayList<>();

  DependencyGraph(int attempts) {
    for (int i = 0; i < attempts; i++) {
      edges.add(new TreeMap<>());
    }
  }

  int size() {
    return edges.size();
  }

  /// Adds an edge; one from a transaction to itself says nothing and is left out.
  void add(int from, int to, Dependency dependency) {
    if (from != to) {
      edges.get(from).merge(to, dependency.bit(), (a, b) -> a | b);
    }
  }

  /// Successors of a transaction, with the bits of their dependencies.
  Map<Integer, Integer> from(int attempt) {
    return edges.get(attempt);
  }

  /// Why one has to come before the other: the first of the dependencies allowed, in their order, that connects them.
  Dependency why(int from, int to, int allowed) {
    int bits = edges.get(from).getOrDefault(to, 0) & allowed;
    for (Dependency dependency : Dependency.values()) {
      if ((bits & dependency.bit()) != 0) {
        return dependency;
      }
    }
    throw new IllegalArgumentException("no edge from " + from + " to " + to);
  }
}
