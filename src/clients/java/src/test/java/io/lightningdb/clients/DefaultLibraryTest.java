package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.ToNumberPolicy;
import io.lightningdb.generated.common.ApiClient;
import io.lightningdb.generated.common.ApiException;
import io.lightningdb.generated.common.JSON;
import io.lightningdb.generated.common.api.AdministrationApi;
import io.lightningdb.generated.common.api.EntriesApi;
import io.lightningdb.generated.common.api.KeyspacesApi;
import io.lightningdb.generated.common.api.RangesApi;
import io.lightningdb.generated.common.api.TransactionsApi;
import io.lightningdb.generated.common.model.Batch;
import io.lightningdb.generated.common.model.BatchResult;
import io.lightningdb.generated.common.model.Comparison;
import io.lightningdb.generated.common.model.Entry;
import io.lightningdb.generated.common.model.Execute;
import io.lightningdb.generated.common.model.ExecuteResult;
import io.lightningdb.generated.common.model.ImportReport;
import io.lightningdb.generated.common.model.Increment;
import io.lightningdb.generated.common.model.KeyIncrement;
import io.lightningdb.generated.common.model.KeyOperation;
import io.lightningdb.generated.common.model.Operation;
import io.lightningdb.generated.common.model.PlacedKeyOperation;
import io.lightningdb.generated.common.model.PlacedOperation;
import io.lightningdb.generated.common.model.PlacedPut;
import io.lightningdb.generated.common.model.Problem;
import io.lightningdb.generated.common.model.Put;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The client that is generated for Java by default, on OkHttp and Gson.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultLibraryTest {
  private static final String SPACE = "common";
  private static final long BEYOND_DOUBLE = 9007199254740993L;
  private static final int THREE_MEBIBYTES = 3 << 20;

  @TempDir private static Path folder;

  private PackedService service;
  private EntriesApi entries;
  private RangesApi ranges;
  private TransactionsApi transactions;
  private KeyspacesApi keyspaces;
  private AdministrationApi administration;

  private final ApiClient client = new ApiClient();

  @BeforeAll
  void start() throws Exception {
    service = PackedService.start(folder.resolve("data"));
    client.setBasePath(service.url());
    // As generated every number of an untyped value becomes a double.
    JSON.setGson(
        JSON.getGson()
            .newBuilder()
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
            .create());
    entries = new EntriesApi(client);
    ranges = new RangesApi(client);
    transactions = new TransactionsApi(client);
    keyspaces = new KeyspacesApi(client);
    administration = new AdministrationApi(client);
    keyspaces.putKeyspace(SPACE, null, null, null);
  }

  @AfterAll
  void stop() throws InterruptedException {
    service.close();
  }

  private long put(String key, String type, byte[] value) throws Exception {
    File file = Files.write(folder.resolve("value"), value).toFile();
    return entries
        .putEntry(SPACE, key, null, null, null, type, null, null, null, null, null, null, file)
        .getVersion();
  }

  private byte[] get(String key) throws Exception {
    File file = entries.getEntry(SPACE, key, null, null, null, null, null, null, null, null);
    return Files.readAllBytes(file.toPath());
  }

  @Test
  void valuesComeBackByteByByte() throws Exception {
    byte[] large = new byte[THREE_MEBIBYTES];
    new Random(1).nextBytes(large);
    Map<String, byte[]> values =
        Map.of(
            "text",
            "hällo".getBytes("UTF-8"),
            "null",
            "null".getBytes("UTF-8"),
            "number",
            Long.toString(BEYOND_DOUBLE).getBytes("UTF-8"),
            "bytes",
            new byte[] {0, (byte) 0xFF, 10, 13},
            "empty",
            new byte[0],
            "large",
            large);
    Map<String, String> types =
        Map.of("text", "text/plain", "null", "application/json", "number", "application/json");
    for (Map.Entry<String, byte[]> value : values.entrySet()) {
      String type = types.getOrDefault(value.getKey(), "application/octet-stream");
      assertTrue(put(value.getKey(), type, value.getValue()) > 0);
      assertArrayEquals(value.getValue(), get(value.getKey()), value.getKey());
    }

    List<Entry> listed =
        ranges
            .listEntries(SPACE, null, 100, null, null, null, null, null, null, "n", null, "o")
            .getEntries();
    assertEquals(List.of("null", "number"), listed.stream().map(Entry::getKey).toList());
    assertNull(listed.get(0).getValue());
    assertEquals(BEYOND_DOUBLE, listed.get(1).getValue());
  }

  @Test
  void batchesHaveOneResultForEachOperation() throws Exception {
    Batch batch =
        new Batch()
            .addOperationsItem(new Operation().put(new Put().key("a").value(Map.of("n", 1))))
            .addOperationsItem(
                new Operation()
                    .put(
                        new Put()
                            .key("b")
                            .value(null)
                            .valueBase64(Base64.getEncoder().encodeToString(new byte[] {1, 2}))))
            .addOperationsItem(
                new Operation().increment(new KeyIncrement().key("n").by(BEYOND_DOUBLE)))
            .addOperationsItem(new Operation().get(new KeyOperation().key("a")))
            .addOperationsItem(new Operation().delete(new KeyOperation().key("absent")));
    BatchResult result = ranges.batchEntries(SPACE, batch, null, null, null, null, null);
    assertEquals(5, result.getResults().size());
    assertEquals(result.getVersion(), result.getResults().get(0).getVersion());
    assertEquals(BEYOND_DOUBLE, result.getResults().get(2).getValue());
    assertEquals("a", result.getResults().get(3).getKey());
    assertEquals(Map.of("n", 1L), result.getResults().get(3).getValue());
    assertArrayEquals(new byte[] {1, 2}, get("b"));
    assertEquals(
        BEYOND_DOUBLE + 1,
        entries
            .incrementEntry(SPACE, "n", new Increment().by(1L), null, null, null, null, null)
            .getValue());
  }

  @Test
  void executeComparesAndActs() throws Exception {
    long version = put("compared", "text/plain", new byte[] {'x'});
    Execute execute =
        new Execute()
            .addCompareItem(new Comparison().keyspace(SPACE).key("compared").version(version))
            .addThenItem(
                new PlacedOperation()
                    .put(new PlacedPut().keyspace(SPACE).key("done").value(true).ttl("PT1H")))
            .addElseItem(
                new PlacedOperation()
                    .get(new PlacedKeyOperation().keyspace(SPACE).key("compared")));
    ExecuteResult first = transactions.executeTransaction(execute, null, null, null, null, null);
    assertTrue(first.getSucceeded());
    assertEquals(first.getVersion(), first.getResults().get(0).getVersion());

    put("compared", "text/plain", new byte[] {'y'});
    ExecuteResult second = transactions.executeTransaction(execute, null, null, null, null, null);
    assertEquals(false, second.getSucceeded());
    assertEquals("y", second.getResults().get(0).getValue());
  }

  @Test
  void conditionThatFailsIsAProblem() throws Exception {
    put("conditional", "text/plain", new byte[] {'x'});
    File file = Files.write(folder.resolve("other"), new byte[] {'y'}).toFile();
    ApiException failure =
        assertThrows(
            ApiException.class,
            () ->
                entries.putEntry(
                    SPACE,
                    "conditional",
                    null,
                    null,
                    null,
                    null,
                    "\"999999\"",
                    null,
                    null,
                    null,
                    null,
                    null,
                    file));
    assertEquals(412, failure.getCode());
    Problem problem = Problem.fromJson(failure.getResponseBody());
    assertEquals("/problems/precondition-failed", problem.getType());
    assertEquals(412, problem.getStatus());
    assertTrue(problem.getActualVersion() > 0);
    assertArrayEquals(new byte[] {'x'}, get("conditional"));
  }

  @Test
  void linesAreImported() throws Exception {
    keyspaces.putKeyspace("imported", null, null, null);
    File lines =
        Files.writeString(
                folder.resolve("lines"),
                "{\"key\":\"a\",\"value\":null}\n{\"key\":\"b\",\"value\":1}\n")
            .toFile();
    ImportReport report =
        ranges.importEntries("imported", lines, null, null, null, null, null, null);
    assertEquals(2, report.getImported());
    assertEquals(
        2, ranges.countEntries("imported", null, null, null, null, null, null, null).getCount());
  }

  @Test
  void largeNumbersAreNotCut() throws ApiException, IOException {
    assertTrue(administration.getLimits().getTtlMillisMax() > 1L << 32);
    assertTrue(administration.getStorage().getDiskFreeBytes() > 0);
  }
}
