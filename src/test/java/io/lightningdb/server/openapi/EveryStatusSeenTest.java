package io.lightningdb.server.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.Contract;
import io.lightningdb.server.DocumentedCalls;
import io.lightningdb.server.SeenStatuses;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A status that the document names is one that the service gives: each was answered, at each call that has it, to some test of the whole run
/// that this one ends. A run of a few tests shows nothing of the kind.
@EnabledIfSystemProperty(named = "test.whole", matches = "true")
class EveryStatusSeenTest {
  private static final Contract CONTRACT = Contract.shipped();

  @Test
  void everyStatusOfTheDocumentWasAnsweredToATest() throws IOException {
    Set<String> unseen = promised();
    assertThat(unseen).hasSizeGreaterThan(900);
    unseen.removeAll(new HashSet<>(Files.readAllLines(SeenStatuses.FILE)));
    assertThat(unseen).as("in the document, and answered to no test").isEmpty();
  }

  private static Set<String> promised() {
    Set<String> promised = new TreeSet<>();
    for (Contract.Operation call : CONTRACT.operations()) {
      for (String status : DocumentedCalls.statuses(call)) {
        // The service of tests with impatient reading asks nobody for a token, and so makes none.
        if (!status.equals("408") || DocumentedCalls.isOffered(call)) {
          promised.add(SeenStatuses.line(call, Integer.parseInt(status)));
        }
      }
      promised.add(SeenStatuses.line(SeenStatuses.OTHER_METHOD + " " + call.path(), 405));
    }
    return promised;
  }
}
