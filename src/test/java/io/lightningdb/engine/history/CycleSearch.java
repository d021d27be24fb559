package io.lightningdb.engine.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/// Looks for cycles of each kind in a graph, without real time and with it. *Confined to one thread.*
///
/// Whether there is any cycle, and whether there is one that snapshot isolation forbids, is settled by looking for strongly
/// connected components, so nothing is missed; which kinds there are is then found out by breadth-first search from one edge
/// after the other within the components, so that a short cycle is shown for each.
final class CycleSearch {
  private static final int ORDER = Dependency.bits(Dependency.WRITE_WRITE);
  private static final int FLOW = Dependency.bits(Dependency.WRITE_WRITE, Dependency.WRITE_READ);
  private static final int ANTI = Dependency.bits(Dependency.READ_WRITE);

  private final DependencyGraph graph;
  private final List<Finding> findings = new ArrayList<>();
  private final Set<Anomaly> found = EnumSet.noneOf(Anomaly.class);

  private CycleSearch(DependencyGraph graph) {
    this.graph = graph;
  }

  /// The anomalies of a graph: each kind once at most.
  static List<Finding> run(DependencyGraph graph) {
    CycleSearch search = new CycleSearch(graph);
    search.search(0);
    search.search(Dependency.REAL_TIME.bit());
    return search.findings;
  }

  private void search(int realTime) {
    BitSet cyclic = cyclic(graph.size(), v -> successors(v, FLOW | ANTI | realTime), v -> v);
    if (cyclic.isEmpty()) {
      return;
    }
    BitSet below = cyclic(2 * graph.size(), s -> states(s, realTime), s -> s / 2);
    find(Anomaly.WRITE_CYCLE, below, ORDER, ORDER | realTime);
    find(Anomaly.CIRCULAR_INFORMATION_FLOW, below, Dependency.WRITE_READ.bit(), FLOW | realTime);
    find(Anomaly.SINGLE_ANTI_DEPENDENCY, below, ANTI, FLOW | realTime);
    findNonadjacent(below, realTime);
    findAdjacent(cyclic, realTime);
  }

  private List<Integer> successors(int attempt, int allowed) {
    List<Integer> successors = new ArrayList<>();
    graph
        .from(attempt)
        .forEach((to, bits) -> {
          if ((bits & allowed) != 0) {
            successors.add(to);
          }
        });
    return successors;
  }

  /// Successors where a state is a transaction and whether it was reached by an anti-dependency, after which another one may
  /// not follow: cycles of states are the cycles that snapshot isolation forbids.
  private List<Integer> states(int state, int realTime) {
    List<Integer> successors = new ArrayList<>();
    graph
        .from(state / 2)
        .forEach((to, bits) -> {
          if ((bits & (FLOW | realTime)) != 0) {
            successors.add(2 * to);
          }
          if ((bits & ANTI) != 0 && state % 2 == 0) {
            successors.add(2 * to + 1);
          }
        });
    return successors;
  }

  /// Looks for an edge of one kind that a path of other kinds leads back from.
  private void find(Anomaly anomaly, BitSet within, int edge, int back) {
    if (found.contains(anomaly)) {
      return;
    }
    for (int from = within.nextSetBit(0); from >= 0; from = within.nextSetBit(from + 1)) {
      for (int to : successors(from, edge)) {
        List<Integer> path = path(graph.size(), to, from, v -> successors(v, back), within);
        if (within.get(to) && !path.isEmpty()) {
          report(anomaly, from, path, new int[] {edge, back});
          return;
        }
      }
    }
  }

  private void findNonadjacent(BitSet within, int realTime) {
    if (found.contains(Anomaly.SINGLE_ANTI_DEPENDENCY)
        || found.contains(Anomaly.NONADJACENT_ANTI_DEPENDENCIES)) {
      return;
    }
    for (int from = within.nextSetBit(0); from >= 0; from = within.nextSetBit(from + 1)) {
      for (int to : successors(from, ANTI)) {
        BitSet everything = new BitSet();
        everything.set(0, 2 * graph.size());
        List<Integer> states =
            path(2 * graph.size(), 2 * to + 1, 2 * from, s -> states(s, realTime), everything);
        if (!states.isEmpty()) {
          List<Integer> path = states.stream().map(s -> s / 2).toList();
          report(
              Anomaly.NONADJACENT_ANTI_DEPENDENCIES,
              from,
              path,
              new int[] {ANTI, FLOW | ANTI | realTime});
          return;
        }
      }
    }
  }

  private void findAdjacent(BitSet within, int realTime) {
    int all = FLOW | ANTI | realTime;
    boolean done = found.contains(Anomaly.ADJACENT_ANTI_DEPENDENCIES);
    for (int from = within.nextSetBit(0); from >= 0 && !done; from = within.nextSetBit(from + 1)) {
      for (int middle : successors(from, ANTI)) {
        for (int to : successors(middle, ANTI)) {
          List<Integer> back =
              to == from
                  ? List.of(from)
                  : path(graph.size(), to, from, v -> successors(v, all), without(within, middle));
          if (!done && within.get(middle) && !back.isEmpty()) {
            List<Integer> path = new ArrayList<>(List.of(middle));
            path.addAll(back);
            report(Anomaly.ADJACENT_ANTI_DEPENDENCIES, from, path, new int[] {ANTI, all});
            done = true;
          }
        }
      }
    }
  }

  private static BitSet without(BitSet set, int member) {
    BitSet rest = (BitSet) set.clone();
    rest.clear(member);
    return rest;
  }

  private void report(Anomaly anomaly, int from, List<Integer> path, int[] allowed) {
    found.add(anomaly);
    StringBuilder text = new StringBuilder("T").append(from);
    int last = from;
    int mask = allowed[0];
    for (int next : path) {
      text.append(" -").append(graph.why(last, next, mask)).append("-> T").append(next);
      last = next;
      mask = allowed[1];
    }
    findings.add(new Finding(anomaly, text.toString()));
  }

  /// The shortest path, without its start; empty if there is none.
  private static List<Integer> path(
      int size, int start, int end, IntFunction<List<Integer>> successors, BitSet within) {
    int[] cameFrom = new int[size];
    Arrays.fill(cameFrom, -1);
    Deque<Integer> queue = new ArrayDeque<>(List.of(start));
    while (!queue.isEmpty() && cameFrom[end] < 0) {
      int at = queue.removeFirst();
      for (int next : successors.apply(at)) {
        if (within.get(next) && cameFrom[next] < 0 && next != start) {
          cameFrom[next] = at;
          queue.addLast(next);
        }
      }
    }
    return cameFrom[end] < 0 ? List.of() : backtrack(cameFrom, start, end);
  }

  private static List<Integer> backtrack(int[] cameFrom, int start, int end) {
    List<Integer> path = new ArrayList<>();
    for (int at = end; at != start; at = cameFrom[at]) {
      path.add(at);
    }
    path.add(start);
    Collections.reverse(path);
    return path;
  }

  /// The members of strongly connected components with more than one member (Tarjan), each translated by `member`.
  private static BitSet cyclic(
      int size, IntFunction<List<Integer>> successors, IntUnaryOperator member) {
    return new Components(size, successors, member).run();
  }

  private static final class Components {
    private final IntFunction<List<Integer>> successors;
    private final IntUnaryOperator member;
    private final int[] index;
    private final int[] low;
    private final boolean[] onStack;
    private final Deque<Integer> stack = new ArrayDeque<>();
    private final BitSet cyclic = new BitSet();
    private int next = 1;

    private record Frame(int node, Iterator<Integer> successors) {}

    Components(int size, IntFunction<List<Integer>> successors, IntUnaryOperator member) {
      this.successors = successors;
      this.member = member;
      this.index = new int[size];
      this.low = new int[size];
      this.onStack = new boolean[size];
    }

    BitSet run() {
      for (int node = 0; node < index.length; node++) {
        if (index[node] == 0) {
          visit(node);
        }
      }
      return cyclic;
    }

    private void visit(int root) {
      Deque<Frame> frames = new ArrayDeque<>(List.of(enter(root)));
      while (!frames.isEmpty()) {
        Frame frame = frames.getLast();
        int node = frame.node();
        if (frame.successors().hasNext()) {
          int to = frame.successors().next();
          if (index[to] == 0) {
            frames.addLast(enter(to));
          } else if (onStack[to]) {
            low[node] = Math.min(low[node], index[to]);
          }
        } else {
          frames.removeLast();
          leave(node);
          if (!frames.isEmpty()) {
            int parent = frames.getLast().node();
            low[parent] = Math.min(low[parent], low[node]);
          }
        }
      }
    }

    private Frame enter(int node) {
      index[node] = next;
      low[node] = next++;
      stack.addLast(node);
      onStack[node] = true;
      return new Frame(node, successors.apply(node).iterator());
    }

    private void leave(int node) {
      if (low[node] != index[node]) {
        return;
      }
      List<Integer> members = new ArrayList<>();
      int last;
      do {
        last = stack.removeLast();
        onStack[last] = false;
        members.add(last);
      } while (last != node);
      if (members.size() > 1) {
        members.forEach(each -> cyclic.set(member.applyAsInt(each)));
      }
    }
  }
}
