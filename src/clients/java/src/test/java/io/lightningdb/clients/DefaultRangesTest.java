package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lightningdb.generated.common.ApiClient;
import io.lightningdb.generated.common.api.KeyspacesApi;
import io.lightningdb.generated.common.api.RangesApi;
import io.lightningdb.generated.common.model.Batch;
import io.lightningdb.generated.common.model.BatchResult;
import io.lightningdb.generated.common.model.Entry;
import io.lightningdb.generated.common.model.EntryPage;
import io.lightningdb.generated.common.model.ImportReport;
import io.lightningdb.generated.common.model.KeyIncrement;
import io.lightningdb.generated.common.model.KeyOperation;
import io.lightningdb.generated.common.model.Multiget;
import io.lightningdb.generated.common.model.MultigetResult;
import io.lightningdb.generated.common.model.Operation;
import io.lightningdb.generated.common.model.Problem;
import io.lightningdb.generated.common.model.Put;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The calls of the tag Ranges, by a generated client.
@ExtendWith(SharedService.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultRangesTest {
  private static final String SPACE = "ranges-common";
  private static final String ABSENT = "absent-common";
  private static final long BEYOND_DOUBLE = 9007199254740993L;

  @TempDir private static Path folder;

  private final DefaultLibrary library = new DefaultLibrary();
  private KeyspacesApi keyspaces;
  private RangesApi ranges;

  @BeforeAll
  void start(PackedService service) throws Exception {
    ApiClient client = library.client(service.url());
    keyspaces = new KeyspacesApi(client);
    ranges = new RangesApi(client);
    keyspaces.putKeyspace(SPACE, null, null, null);
  }

  @AfterAll
  void everyCallWasMade() {
    library.called().assertComplete("Ranges");
  }

  private static Operation put(Put put) {
    return new Operation().put(put);
  }

  private static Operation increment(String key, long by) {
    return new Operation().increment(new KeyIncrement().key(key).by(by));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private BatchResult batch(String keyspace, Operation... operations) throws Exception {
    return ranges.batchEntries(
        keyspace, new Batch().operations(List.of(operations)), null, null, null, null, null);
  }

  private long count(String keyspace) throws Exception {
    return ranges.countEntries(keyspace, null, null, null, null, null, null, null).getCount();
  }

  private ImportReport imported(String keyspace, String lines) throws Exception {
    File file = Files.writeString(Files.createTempFile(folder, "lines", null), lines).toFile();
    return ranges.importEntries(keyspace, file, null, null, null, null, null, null);
  }

  @Test
  void batchesHaveOneResultForEachOperation() throws Exception {
    BatchResult result =
        batch(
            SPACE,
            put(new Put().key("a").value(Map.of("n", 1))),
            put(
                new Put()
                    .key("b")
                    .value(null)
                    .valueBase64(Base64.getEncoder().encodeToString(new byte[] {1, 2}))),
            // Some libraries leave null out where it is a value: in Base64 it is the same for all.
            put(new Put().key("c").valueBase64(base64("null")).contentType("application/json")),
            increment("n", BEYOND_DOUBLE),
            new Operation().get(new KeyOperation().key("a")),
            new Operation().get(new KeyOperation().key("b")),
            new Operation().delete(new KeyOperation().key("absent")));
    assertEquals(7, result.getResults().size());
    assertEquals(result.getVersion(), result.getResults().get(0).getVersion());
    assertEquals(BEYOND_DOUBLE, result.getResults().get(3).getValue());
    assertEquals("a", result.getResults().get(4).getKey());
    Map<?, ?> document = (Map<?, ?>) result.getResults().get(4).getValue();
    assertEquals(1, ((Number) document.get("n")).intValue());
    assertArrayEquals(
        new byte[] {1, 2}, Base64.getDecoder().decode(result.getResults().get(5).getValueBase64()));

    MultigetResult many =
        ranges.multigetEntries(
            SPACE, new Multiget().keys(List.of("c", "none")), null, null, null, null);
    assertEquals("application/json", many.getEntries().get(0).getContentType());
    assertNull(many.getEntries().get(0).getValue());
    assertEquals(0, many.getEntries().get(1).getVersion());

    Problem problem =
        library.problem(() ->
            batch(
                SPACE,
                put(new Put().key("d").value(1)),
                put(new Put().key("a").value(2).ifVersion(0L))));
    assertEquals("/problems/precondition-failed", problem.getType());
    assertEquals(1, problem.getOperationIndex());
    assertEquals(result.getVersion(), problem.getActualVersion());
  }

  @Test
  void failedOperationsOfLooseBatchesHaveAProblem() throws Exception {
    Batch loose =
        new Batch()
            .atomic(false)
            .addOperationsItem(put(new Put().key("loose").value("text")))
            .addOperationsItem(increment("loose", 1));
    BatchResult result = ranges.batchEntries(SPACE, loose, null, null, null, null, null);
    assertNull(result.getResults().get(0).getProblem());
    assertEquals("/problems/not-an-integer", result.getResults().get(1).getProblem().getType());
  }

  @Test
  void rangesAreWalkedCountedAndRemoved() throws Exception {
    String walked = SPACE + "-walked";
    keyspaces.putKeyspace(walked, null, null, null);
    List<String> keys = List.of("k1", "k2", "k3", "k4", "k5");
    for (String key : keys) {
      batch(walked, put(new Put().key(key).value(key)));
    }
    List<String> met = new ArrayList<>();
    String cursor = null;
    do {
      EntryPage page =
          ranges.listEntries(
              walked,
              null,
              2,
              cursor,
              null,
              List.of("key", "version"),
              null,
              null,
              null,
              null,
              null,
              null,
              null);
      for (Entry entry : page.getEntries()) {
        met.add(entry.getKey());
        assertNull(entry.getContentType());
        assertTrue(entry.getVersion() > 0);
      }
      cursor = page.getCursor();
    } while (cursor != null);
    assertEquals(keys, met);
    assertEquals(
        "k5",
        ranges
            .listEntries(
                walked, true, 1, null, null, null, null, null, null, null, null, null, null)
            .getEntries()
            .getFirst()
            .getValue());
    EntryPage folded =
        ranges.listEntries(
            walked, null, null, null, null, null, null, null, "k", null, null, null, null);
    assertEquals("k", folded.getPrefixes().getFirst().getPrefix());
    assertTrue(folded.getEntries().isEmpty());
    assertEquals(5, count(walked));
    assertEquals(
        2, ranges.countEntries(walked, null, null, null, null, null, "k4", null).getCount());
    assertTrue(
        ranges.deleteEntries(walked, true, null, null, null, null, null, "k2", "k4").getVersion()
            > 0);
    assertEquals(3, count(walked));
    Problem unconfirmed =
        library.problem(
            () -> ranges.deleteEntries(walked, null, null, null, null, null, "k", null, null));
    assertEquals("/problems/confirmation-required", unconfirmed.getType());
  }

  @Test
  void linesAreImportedAndExported() throws Exception {
    String imported = SPACE + "-imported";
    keyspaces.putKeyspace(imported, null, null, null);
    ImportReport report =
        imported(imported, "{\"key\":\"a\",\"value\":null}\n{\"key\":\"b\",\"value\":1}\n");
    assertEquals(2, report.getImported());
    assertEquals(2, count(imported));

    File file = ranges.exportEntries(imported, report.getVersion(), null);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(new FileInputStream(file)), StandardCharsets.UTF_8))) {
      List<String> exported = lines.lines().toList();
      assertEquals(2, exported.size());
      assertTrue(exported.get(0).startsWith("{\"key\":\"a\",\"value\":null,"), exported.get(0));
    }

    Problem problem = library.problem(() -> imported(imported, "{\"key\":\"c\"}\n"));
    assertEquals(422, problem.getStatus());
    assertEquals(1, problem.getLine());
    assertEquals(0, problem.getAcknowledgedLines());
  }

  @Test
  void manyAreImported() throws Exception {
    String many = SPACE + "-many";
    keyspaces.putKeyspace(many, null, null, null);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      lines.append("{\"key\":\"").append(i).append("\",\"value\":\"");
      lines.append("x".repeat(150)).append("\"}\n");
    }
    assertEquals(20_000, imported(many, lines.toString()).getImported());
    assertEquals(20_000, count(many));
  }

  @Test
  void absentKeyspacesAreProblems() throws Exception {
    for (Problem problem :
        List.of(
            library.problem(() ->
                ranges.listEntries(
                    ABSENT, null, null, null, null, null, null, null, null, null, null, null,
                    null)),
            library.problem(() -> count(ABSENT)),
            library.problem(() -> ranges.exportEntries(ABSENT, null, null)),
            library.problem(() ->
                ranges.multigetEntries(
                    ABSENT, new Multiget().keys(List.of("k")), null, null, null, null)))) {
      assertEquals("/problems/keyspace-not-found", problem.getType());
      assertEquals(ABSENT, problem.getKeyspace());
      assertNotNull(problem.getRequestId());
    }
  }
}
