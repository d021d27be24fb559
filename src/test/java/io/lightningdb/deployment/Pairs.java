package io.lightningdb.deployment;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Sets of values such that every two choices of different lists occur together in one of them: most mistakes are between two.
final class Pairs {

  private static final YAMLMapper YAML = new YAMLMapper();

  private record Pair(int list, int choice, int otherList, int otherChoice) {}

  private Pairs() {}

  /// Greedily: each set takes, list by list, the choice with the most pairs that have not occurred.
  static List<String> of(List<List<String>> choices) {
    Set<Pair> missing = new HashSet<>();
    for (int i = 0; i < choices.size(); i++) {
      for (int j = i + 1; j < choices.size(); j++) {
        for (int a = 0; a < choices.get(i).size(); a++) {
          for (int b = 0; b < choices.get(j).size(); b++) {
            missing.add(new Pair(i, a, j, b));
          }
        }
      }
    }
    List<String> sets = new ArrayList<>();
    while (!missing.isEmpty()) {
      int[] taken = new int[choices.size()];
      ObjectNode values = YAML.createObjectNode();
      for (int list = 0; list < taken.length; list++) {
        taken[list] = best(missing, taken, list, choices.get(list).size());
        merge(values, YAML.readTree(choices.get(list).get(taken[list])));
      }
      for (int i = 0; i < taken.length; i++) {
        for (int j = i + 1; j < taken.length; j++) {
          missing.remove(new Pair(i, taken[i], j, taken[j]));
        }
      }
      sets.add(values.toString());
    }
    return sets;
  }

  private static int best(Set<Pair> missing, int[] taken, int list, int choices) {
    int best = 0;
    long most = -1;
    for (int choice = 0; choice < choices; choice++) {
      long found = 0;
      for (Pair pair : missing) {
        if (pair.list() < list
            ? pair.otherList() == list
                && pair.otherChoice() == choice
                && taken[pair.list()] == pair.choice()
            : pair.list() == list && pair.choice() == choice) {
          // What is open yet counts less than what this set settles.
          found += pair.list() < list ? 100 : 1;
        }
      }
      if (found > most) {
        most = found;
        best = choice;
      }
    }
    return best;
  }

  private static void merge(ObjectNode into, JsonNode from) {
    from.properties()
        .forEach(member -> {
          if (into.get(member.getKey()) instanceof ObjectNode inner
              && member.getValue().isObject()) {
            merge(inner, member.getValue());
          } else {
            into.set(member.getKey(), member.getValue());
          }
        });
  }
}
