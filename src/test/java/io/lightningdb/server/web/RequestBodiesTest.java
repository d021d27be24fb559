package io.lightningdb.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.engine.cache.MemoryRefusedException;
import io.lightningdb.engine.testkit.Allocations;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.RequestBodies.Limit;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class RequestBodiesTest {
  private static final int LIMIT_BYTES = 3_000_000;
  private static final int COPIES = 3;
  private static final Limit LIMIT = new Limit(LIMIT_BYTES, ProblemType.VALUE_TOO_LARGE, COPIES);
  private static final int SMALL_BYTES = 16 << 10;

  private final RequestBodies bodies = new RequestBodies();
  private final CallerMemory memory = new CallerMemory(MemoryAccount.NONE, 1 << 20, 1 << 20);

  private static MockHttpServletRequest announced(byte[] body) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setContent(body);
    return request;
  }

  private static MockHttpServletRequest chunked(byte[] body) {
    MockHttpServletRequest request =
        new MockHttpServletRequest() {
          @Override
          public long getContentLengthLong() {
            return -1;
          }
        };
    request.setContent(body);
    return request;
  }

  private static byte[] body(int length) {
    byte[] body = new byte[length];
    new SplittableRandom(length).nextBytes(body);
    return body;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, SMALL_BYTES, SMALL_BYTES + 1, 100_000, 2_000_001, LIMIT_BYTES})
  void aBodyIsReadWholeAndPaidForAsOftenAsItWillBeHeld(int length) throws Exception {
    byte[] body = body(length);
    for (MockHttpServletRequest request :
        new MockHttpServletRequest[] {announced(body), chunked(body)}) {
      try (MemoryLease lease = memory.lease(0)) {
        byte[] read = lease.call(() -> bodies.read(request, LIMIT));

        assertThat(read).isEqualTo(body);
        long paid = (long) COPIES * length;
        // Of a body that is not announced, the first bytes are paid for with the rest.
        assertThat(lease.bytes())
            .isIn(length <= SMALL_BYTES ? 0L : paid, length < SMALL_BYTES ? 0L : paid);
      }
    }
  }

  @Test
  void anAnnouncedBodyIsReadIntoOneArray() throws Exception {
    MockHttpServletRequest request = announced(body(LIMIT_BYTES));
    request.getInputStream();

    long allocated = Allocations.during(() -> bodies.read(request, LIMIT));

    assertThat(allocated).isBetween((long) LIMIT_BYTES, LIMIT_BYTES * 5L / 4);
  }

  @Test
  void oneByteMoreIsRefusedAndNothingIsHeldAfterwards() {
    byte[] body = body(LIMIT_BYTES + 1);
    for (MockHttpServletRequest request :
        new MockHttpServletRequest[] {announced(body), chunked(body)}) {
      MemoryLease lease = memory.lease(0);
      assertThatThrownBy(() -> lease.call(() -> bodies.read(request, LIMIT)))
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> assertThat(e.problem().type()).isEqualTo(ProblemType.VALUE_TOO_LARGE));
      lease.close();
      assertThat(lease.bytes()).isZero();
    }
  }

  @Test
  void whereOthersHoldTheMemoryABodyIsRefusedBeforeItIsRead() throws Exception {
    byte[] body = body(LIMIT_BYTES);
    MockHttpServletRequest refused = announced(body);
    try (MemoryLease holder = memory.lease(0);
        MemoryLease lease = memory.lease(0)) {
      holder.call(() -> bodies.read(announced(body), LIMIT));

      assertThatThrownBy(() -> lease.call(() -> bodies.read(refused, LIMIT)))
          .isInstanceOf(MemoryRefusedException.class)
          .hasMessageContaining(Integer.toString(COPIES * LIMIT_BYTES));
      assertThat(refused.getInputStream().readAllBytes()).hasSize(LIMIT_BYTES);
      assertThat(lease.call(() -> bodies.read(chunked(body(10_000)), LIMIT))).hasSize(10_000);
    }
  }
}
