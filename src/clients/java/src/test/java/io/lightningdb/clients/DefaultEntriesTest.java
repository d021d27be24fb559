package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lightningdb.generated.common.ApiClient;
import io.lightningdb.generated.common.ApiException;
import io.lightningdb.generated.common.ApiResponse;
import io.lightningdb.generated.common.api.EntriesApi;
import io.lightningdb.generated.common.api.KeyspacesApi;
import io.lightningdb.generated.common.api.RangesApi;
import io.lightningdb.generated.common.model.Counter;
import io.lightningdb.generated.common.model.Entry;
import io.lightningdb.generated.common.model.EntryVersionList;
import io.lightningdb.generated.common.model.Increment;
import io.lightningdb.generated.common.model.Problem;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The calls of the tag Entries, by a generated client.
@ExtendWith(SharedService.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultEntriesTest {
  private static final String SPACE = "entries-common";
  private static final String ABSENT = "absent-common";
  private static final long BEYOND_DOUBLE = 9007199254740993L;
  private static final int THREE_MEBIBYTES = 3 << 20;

  @TempDir private static Path folder;

  private final DefaultLibrary library = new DefaultLibrary();
  private EntriesApi entries;
  private RangesApi ranges;

  @BeforeAll
  void start(PackedService service) throws Exception {
    ApiClient client = library.client(service.url());
    entries = new EntriesApi(client);
    ranges = new RangesApi(client);
    new KeyspacesApi(client).putKeyspace(SPACE, null, null, null);
  }

  @AfterAll
  void everyCallWasMade() {
    library.called().assertComplete("Entries");
  }

  private static File file(byte[] content) throws Exception {
    return Files.write(Files.createTempFile(folder, "value", null), content).toFile();
  }

  private long put(String key, String type, byte[] value) throws Exception {
    return entries
        .putEntry(
            SPACE, key, null, null, null, type, null, null, null, null, null, null, file(value))
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
            "hällo".getBytes(StandardCharsets.UTF_8),
            "null",
            "null".getBytes(StandardCharsets.UTF_8),
            "number",
            Long.toString(BEYOND_DOUBLE).getBytes(StandardCharsets.UTF_8),
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
            .listEntries(SPACE, null, 100, null, null, null, null, null, null, null, "n", null, "o")
            .getEntries();
    assertEquals(List.of("null", "number"), listed.stream().map(Entry::getKey).toList());
    assertNull(listed.get(0).getValue());
    assertEquals(BEYOND_DOUBLE, listed.get(1).getValue());
  }

  @Test
  void keysOfAllKindsAreEncoded() throws Exception {
    for (String key : List.of("a/b", "a b+c%?&#ü", "entries:count")) {
      put(key, "text/plain", key.getBytes(StandardCharsets.UTF_8));
      assertEquals(key, new String(get(key), StandardCharsets.UTF_8));
    }
  }

  @Test
  void headersAndEndsAreTold() throws Exception {
    OffsetDateTime end = OffsetDateTime.parse("2040-01-02T03:04:05.678Z");
    long version =
        entries
            .putEntry(
                SPACE,
                "ending",
                null,
                null,
                end,
                null,
                null,
                "*",
                "logged",
                null,
                "PT10S",
                null,
                file(new byte[7]))
            .getVersion();
    ApiResponse<Void> head =
        entries.headEntryWithHttpInfo(SPACE, "ending", null, null, null, version, null, null);
    assertEquals(200, head.getStatusCode());
    Map<String, List<String>> headers = new java.util.TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(head.getHeaders());
    assertEquals(List.of('"' + Long.toString(version) + '"'), headers.get("ETag"));
    assertEquals(List.of("7"), headers.get("Content-Length"));
    assertEquals(end, OffsetDateTime.parse(headers.get("Lightning-Expires-At").getFirst()));
  }

  @Test
  void partsAreRead() throws Exception {
    put("parts", "text/plain", "abcdef".getBytes(StandardCharsets.UTF_8));
    File part =
        entries.getEntry(SPACE, "parts", null, null, null, "bytes=2-3", null, null, null, null);
    assertEquals("cd", Files.readString(part.toPath()));
  }

  @Test
  void removedEntriesAreGone() throws Exception {
    long version = put("removed", "text/plain", new byte[] {'x'});
    String tag = '"' + Long.toString(version) + '"';
    assertNull(entries.deleteEntry(SPACE, "removed", tag, null, "synced", null, null, null));
    Problem again =
        library.problem(
            () -> entries.deleteEntry(SPACE, "removed", null, null, null, null, null, null));
    assertEquals("/problems/entry-not-found", again.getType());
    put("removed", "text/plain", new byte[] {'x'});
    assertTrue(
        entries.deleteEntry(SPACE, "removed", null, null, "logged", null, null, null).getVersion()
            > version);
  }

  @Test
  void increments() throws Exception {
    Increment increment = new Increment().by(BEYOND_DOUBLE);
    Counter counter =
        entries.incrementEntry(SPACE, "n", increment, "once-common", null, null, null, null);
    assertEquals(BEYOND_DOUBLE, counter.getValue());
    assertEquals(
        counter,
        entries.incrementEntry(SPACE, "n", increment, "once-common", null, null, null, null));
    put("word", "text/plain", new byte[] {'x'});
    Problem problem =
        library.problem(
            () -> entries.incrementEntry(SPACE, "word", increment, null, null, null, null, null));
    assertEquals("/problems/not-an-integer", problem.getType());
  }

  @Test
  void conditionThatFailsIsAProblem() throws Exception {
    long version = put("conditional", "text/plain", new byte[] {'x'});
    File other = file(new byte[] {'y'});
    Problem problem =
        library.problem(() ->
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
                other));
    assertEquals("/problems/precondition-failed", problem.getType());
    assertEquals(412, problem.getStatus());
    assertEquals(version, problem.getActualVersion());
    assertArrayEquals(new byte[] {'x'}, get("conditional"));
  }

  @Test
  void versionsAreListed() throws Exception {
    EntryVersionList versions =
        entries.listEntryVersions(SPACE, "never", null, null, null, null, null);
    assertTrue(versions.getVersions().isEmpty());
    assertEquals(
        "/problems/invalid-parameter",
        library
            .problem(() -> entries.listEntryVersions(SPACE, "never", 0, null, null, null, null))
            .getType());
  }

  @Test
  void readsOfNothingAreProblems() throws Exception {
    Problem entry =
        library.problem(
            () -> entries.getEntry(SPACE, "no", null, null, null, null, null, null, null, null));
    assertEquals("/problems/entry-not-found", entry.getType());
    Problem keyspace =
        library.problem(
            () -> entries.getEntry(ABSENT, "no", null, null, null, null, null, null, null, null));
    assertEquals("/problems/keyspace-not-found", keyspace.getType());
    assertEquals(ABSENT, keyspace.getKeyspace());
    ApiException head =
        assertThrows(
            ApiException.class,
            () -> entries.headEntry(SPACE, "no", null, null, null, null, null, null));
    assertEquals(404, head.getCode());
  }
}
