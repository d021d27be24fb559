package io.lightningdb.server.compression;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/// Answers that end otherwise than they began, and what they leave behind.
class CompressedAnswersTest {
  private static final byte[] LONG = "some text that is long ".repeat(1000).getBytes(UTF_8);

  private final AtomicLong charged = new AtomicLong();
  private final AtomicInteger left = new AtomicInteger();
  private final Deflaters deflaters = new Deflaters(charged::addAndGet, 1);
  private final CompressedAnswers filter =
      new CompressedAnswers(deflaters, 2048, left::incrementAndGet, false);
  private final MockHttpServletResponse sent = new MockHttpServletResponse();

  @AfterEach
  void nothingIsHeld() {
    assertThat(deflaters.active()).isZero();
    assertThat(charged.get()).isBetween(0L, (long) Deflaters.BYTES_EACH);
    deflaters.close();
    assertThat(charged.get()).isZero();
  }

  /// Answers a request.
  private interface Work {
    void answer(HttpServletResponse response, OutputStream out) throws IOException;
  }

  private void run(Work work) throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
    request.addHeader("Accept-Encoding", "gzip");
    FilterChain chain =
        (_, response) -> work.answer((HttpServletResponse) response, response.getOutputStream());
    filter.doFilter(request, sent, chain);
  }

  private byte[] decoded() throws IOException {
    assertThat(sent.getHeader("Content-Encoding")).isEqualTo("gzip");
    return new GZIPInputStream(new ByteArrayInputStream(sent.getContentAsByteArray()))
        .readAllBytes();
  }

  /// All that can be read of what was sent so far.
  private String soFar() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[1];
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(sent.getContentAsByteArray()))) {
      for (int n = in.read(piece); n > 0; n = in.read(piece)) {
        all.write(piece, 0, n);
      }
    } catch (EOFException _) {
      // It is not the end yet.
    }
    return all.toString(UTF_8);
  }

  @Test
  void oneCompressesOneAnswerAfterTheOther() throws Exception {
    for (int i = 0; i < 5; i++) {
      sent.reset();
      run((_, out) -> out.write(LONG));
      assertThat(decoded()).isEqualTo(LONG);
      assertThat(deflaters.active()).isZero();
    }
    assertThat(left.get()).isZero();
  }

  @Test
  void bytesComeOutAsTheyWentInHoweverTheyAreWritten() throws Exception {
    run((_, out) -> {
      out.write('a');
      for (int at = 0; at < LONG.length; at += 700) {
        out.write(LONG, at, Math.min(700, LONG.length - at));
      }
      out.write(new byte[0]);
      out.close();
    });
    assertThat(decoded()).asString(UTF_8).isEqualTo("a" + new String(LONG, UTF_8));
  }

  @Test
  void linesAreSentWhenTheyAreFlushed() throws Exception {
    run((response, out) -> {
      response.setContentType("application/x-ndjson");
      out.write(LONG);
      out.write("{\"last\":1}\n".getBytes(UTF_8));
      out.flush();
      assertThat(soFar()).endsWith("{\"last\":1}\n");
      out.write("{\"next\":2}\n".getBytes(UTF_8));
      response.flushBuffer();
      assertThat(soFar()).endsWith("{\"next\":2}\n");
    });
    assertThat(decoded()).hasSize(LONG.length + 22);
  }

  @Test
  void longRowsAreSentWithoutAFlush() throws Exception {
    run((response, out) -> {
      response.setContentType("application/jsonl;charset=UTF-8");
      out.write(LONG, 0, 4000);
      out.write(LONG, 4000, 8192);
      assertThat(soFar()).hasSize(12_192);
    });
  }

  @Test
  void firstLinesDoNotWaitForMore() throws Exception {
    run((response, out) -> {
      response.setContentType("application/x-ndjson");
      out.write("{\"first\":1}\n".getBytes(UTF_8));
      out.flush();
      assertThat(sent.getContentAsString()).isEqualTo("{\"first\":1}\n");
      out.write(LONG);
    });
    assertThat(sent.getHeader("Content-Encoding")).isNull();
    assertThat(sent.getContentAsByteArray()).hasSize(12 + LONG.length);
  }

  @Test
  void documentThatIsFlushedEarlyIsCompressedAllTheSame() throws Exception {
    run((response, out) -> {
      response.setContentType("application/json");
      out.write(LONG, 0, 100);
      out.flush();
      response.flushBuffer();
      assertThat(response.isCommitted()).isFalse();
      out.write(LONG, 100, LONG.length - 100);
    });
    assertThat(decoded()).isEqualTo(LONG);
  }

  @Test
  void shortDocumentThatIsFlushedHasALength() throws Exception {
    run((response, out) -> {
      out.write(LONG, 0, 2048);
      out.flush();
      response.flushBuffer();
    });
    assertThat(sent.getHeader("Content-Encoding")).isNull();
    assertThat(sent.getContentLength()).isEqualTo(2048);
    assertThat(sent.getContentAsByteArray()).isEqualTo(Arrays.copyOf(LONG, 2048));
  }

  @Test
  void streamThatFailsHasNoEnd() {
    assertThatThrownBy(() ->
            run((response, out) -> {
              response.setContentType("application/x-ndjson");
              out.write(LONG);
              out.write("{\"problem\":{}}\n".getBytes(UTF_8));
              out.flush();
              response.flushBuffer();
              throw new IllegalStateException("damaged");
            }))
        .hasMessage("damaged");
    assertThatThrownBy(this::decoded).isInstanceOf(EOFException.class);
    assertThat(sent.getContentAsByteArray()).isNotEmpty();
  }

  @Test
  void answerIsMadeAnewWithoutWhatWasThere() throws Exception {
    run((response, out) -> {
      response.setHeader("ETag", "\"1\"");
      response.setContentLength(LONG.length);
      out.write(LONG);
      sent.setCommitted(false);
      response.reset();
      response.setStatus(500);
      response.getOutputStream().write("short".getBytes(UTF_8));
    });
    assertThat(sent.getHeader("Content-Encoding")).isNull();
    assertThat(sent.getHeader("ETag")).isNull();
    assertThat(sent.getContentAsString()).isEqualTo("short");
    assertThat(sent.getContentLength()).isEqualTo(5);
  }

  @Test
  void keptBytesOfAnAnswerThatBecomesAnErrorAreDropped() throws Exception {
    run((response, out) -> {
      out.write(LONG, 0, 100);
      response.sendError(404);
    });
    assertThat(sent.getStatus()).isEqualTo(404);
    assertThat(sent.getContentAsByteArray()).isEmpty();
    assertThat(sent.getHeader("Content-Length")).isNull();
  }

  @Test
  void secretsAreLeftAsTheyAre() throws Exception {
    run((response, out) -> {
      response.setHeader("Cache-Control", "no-store");
      out.write(LONG);
    });
    assertThat(sent.getHeader("Content-Encoding")).isNull();
    assertThat(sent.getContentAsByteArray()).isEqualTo(LONG);
  }

  @Test
  void whatIsEncodedAlreadyIsLeftAsItIs() throws Exception {
    run((response, out) -> {
      response.setHeader("Content-Encoding", "br");
      response.setHeader("content-length", Integer.toString(LONG.length));
      out.write(LONG);
    });
    assertThat(sent.getHeader("Content-Encoding")).isEqualTo("br");
    assertThat(sent.getContentLength()).isEqualTo(LONG.length);
  }

  @Test
  void weakTagsStay() throws Exception {
    run((response, out) -> {
      response.setHeader("ETag", "W/\"1\"");
      out.write(LONG);
    });
    assertThat(decoded()).isEqualTo(LONG);
    assertThat(sent.getHeader("ETag")).isEqualTo("W/\"1\"");
  }

  @Test
  void answersBeyondThoseThatAreCompressedGoOutAsTheyAre() throws Exception {
    Deflaters.Lent other = deflaters.lend();
    assertThat(other).isNotNull();
    try (other) {
      run((response, out) -> {
        response.setHeader("ETag", "\"1\"");
        response.setContentLength(LONG.length);
        out.write(LONG);
      });
    }
    assertThat(left.get()).isOne();
    assertThat(sent.getHeader("Content-Encoding")).isNull();
    assertThat(sent.getHeader("ETag")).isEqualTo("\"1\"");
    assertThat(sent.getContentLength()).isEqualTo(LONG.length);
    assertThat(sent.getContentAsByteArray()).isEqualTo(LONG);
  }

  @Test
  void writerIsCompressedToo() throws Exception {
    run((response, _) -> {
      response.setCharacterEncoding("UTF-8");
      response.getWriter().write(new String(LONG, UTF_8));
    });
    assertThat(decoded()).isEqualTo(LONG);
  }
}
