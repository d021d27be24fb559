package io.lightningdb.server.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How many connections the limit of open files and the heap leave.
class ConnectionLimitTest {
  @ParameterizedTest
  @CsvSource({
    "8192, 1048576, 300, 8192",
    "8192,     300, 150,   50",
    "8192,     300, 299,   16",
    "  20,     300, 150,   20"
  })
  void descriptorsAreLeftForTheEngine(int wanted, long filesMax, long filesOpen, int allowed) {
    assertThat(ConnectionLimit.within(wanted, filesMax, filesOpen)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "8192, 134217728, 256",
    "8192, 1073741824, 2048",
    "8192, 4294967296, 8192",
    "8192, 1048576, 16",
    "  20, 134217728, 20"
  })
  void theHeapIsLeftForRequests(int wanted, long heapBytesMax, int allowed) {
    assertThat(ConnectionLimit.withinHeap(wanted, heapBytesMax)).isEqualTo(allowed);
  }

  @Test
  void thisProcessHasAsManyAsItsLimitLeaves() {
    assertThat(ConnectionLimit.within(64, 0)).isBetween(16, 64);
    int most = ConnectionLimit.within(Integer.MAX_VALUE, 0);
    assertThat(most).isLessThan(Integer.MAX_VALUE);
    // Others may open or close a file meanwhile.
    assertThat(ConnectionLimit.within(Integer.MAX_VALUE, 10_000)).isLessThan(most - 9_000);
  }
}
