package io.lightningdb.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Transaction;
import io.lightningdb.server.transaction.EndedTransactions.Ended;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EndedTransactionsTest {
  private final AtomicLong charged = new AtomicLong();
  private final EndedTransactions ended = new EndedTransactions(10, charged::addAndGet);

  private void end(String id, String caller) {
    ended.add(id, new Ended(Transaction.State.COMMITTED, 1, caller));
  }

  @Test
  void theOldestOfOneCallerIsForgottenFirst() {
    for (int i = 0; i < 11; i++) {
      end("own " + i, "one");
    }
    assertThat(ended.find("own 0")).isNull();
    assertThat(ended.find("own 1")).isNotNull();
    long most = charged.get();
    end("own 1", "one");
    end("own 11", "one");
    assertThat(charged).hasValue(most);
  }

  @Test
  void nobodyMakesTheServiceForgetWhatAnotherDid() {
    end("another's", "other");
    for (int i = 0; i < 1_000; i++) {
      end("own " + i, "greedy");
    }
    assertThat(ended.find("another's")).isNotNull();
    assertThat(ended.find("own 999")).isNotNull();

    for (int i = 0; i < 4; i++) {
      end("more " + i, "other");
    }
    assertThat(ended.find("another's")).isNotNull();
    assertThat(ended.find("more 0")).isNotNull();
    assertThat(ended.find("own 994")).isNull();
    assertThat(ended.find("own 995")).isNotNull();
  }
}
