package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import java.util.List;
import org.junit.jupiter.api.Test;

class EveryTagTest {
  /// Each of these tests holds that all operations of its tag are called; so a new tag needs a new test.
  @Test
  void everyTagHasItsTestForEachLibrary() {
    for (String tag : new CalledOperations().tags()) {
      for (String library : List.of("Default", "Native")) {
        assertDoesNotThrow(
            () -> Class.forName(getClass().getPackageName() + "." + library + tag + "Test"), tag);
      }
    }
  }
}
