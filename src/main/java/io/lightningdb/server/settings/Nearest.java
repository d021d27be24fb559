package io.lightningdb.server.settings;

import java.util.Collection;
import java.util.Comparator;

/// Finds what a misspelt name was meant to be.
public final class Nearest {
  private Nearest() {}

  /// The known name with the least number of letters to insert, delete or replace; letter case does not count.
  ///
  /// @param name the name met
  /// @param known at least one name
  /// @return one of `known`
  public static String to(String name, Collection<String> known) {
    return known.stream()
        .min(
            Comparator.comparingInt((String each) -> distance(name, each))
                .thenComparing(each -> each))
        .orElseThrow();
  }

  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int substitution = diagonal + (sameLetter(from.charAt(i - 1), to.charAt(j - 1)) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }

  private static boolean sameLetter(char a, char b) {
    return Character.toLowerCase(a) == Character.toLowerCase(b);
  }
}
