package io.lightningdb.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.DatabaseExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What compression saves. Prints the bytes that an entry takes at rest, for documents made up here or, with
/// `-Dlightning.documents=FILE`, for the lines of a file.
class CompressionTest {
  private static final int DOCUMENTS = 20_000;

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  private static List<byte[]> documents() throws IOException {
    String file = System.getProperty("lightning.documents");
    List<byte[]> documents = new ArrayList<>();
    if (file != null) {
      Files.readAllLines(Path.of(file)).forEach(line -> documents.add(line.getBytes(UTF_8)));
      return documents;
    }
    Random random = new Random(1);
    for (int i = 0; i < DOCUMENTS; i++) {
      String document =
          "{\"name\":\"document-%d\",\"section\":\"%s\",\"bytes\":%d,\"text\":\"%s\"}"
              .formatted(i, word(random), random.nextInt(1_000_000), words(random));
      documents.add(document.getBytes(UTF_8));
    }
    return documents;
  }

  private static String word(Random random) {
    return Integer.toString(1000 + random.nextInt(1 + random.nextInt(2000)), 36);
  }

  private static String words(Random random) {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      words.append(word(random)).append(' ');
    }
    return words.toString();
  }

  private static byte[] key(int number) {
    return "key-%08d".formatted(number).getBytes(UTF_8);
  }

  private static long bytesAtRest(
      Database database, KeyspaceOptions options, List<byte[]> documents) {
    Keyspace keyspace = database.keyspace("documents", options);
    for (int i = 0; i < documents.size(); i++) {
      database.write(new WriteBatch().put(keyspace, key(i), documents.get(i)), Durability.LOGGED);
    }
    keyspace.compact();
    for (int i = 0; i < documents.size(); i += 97) {
      assertThat(keyspace.get(key(i))).isEqualTo(documents.get(i));
    }
    long bytes = keyspace.stats().runBytes();
    database.dropKeyspace("documents");
    return bytes;
  }

  @Test
  void theStrongerTheSmaller() throws IOException {
    List<byte[]> documents = documents();
    Database database = databases.open(DatabaseOptions.defaults());
    KeyspaceOptions defaults = KeyspaceOptions.defaults();
    double content = documents.stream().mapToLong(document -> document.length).average().orElse(0);
    System.out.printf("CompressionTest: %d documents of %.1f bytes%n", documents.size(), content);
    for (int leafBytes : new int[] {4096, 16_384}) {
      List<Long> sizes = new ArrayList<>();
      for (Compression compression : Compression.values()) {
        KeyspaceOptions options = defaults.withLeafBytes(leafBytes).withCompression(compression);
        sizes.add(bytesAtRest(database, options, documents));
        System.out.printf(
            "CompressionTest: | leaves of %d, %s | %.1f |%n",
            leafBytes, compression, sizes.getLast() / (double) documents.size());
      }
      assertThat(sizes).isSortedAccordingTo((a, b) -> Long.compare(b, a));
      assertThat(sizes.getLast()).isLessThan(sizes.get(1)).isLessThan(sizes.getFirst() / 2);
    }
  }

  @Test
  void theBottomIsCompressedInItsOwnWay() throws IOException {
    List<byte[]> documents = documents().subList(0, 5000);
    Database database = databases.open(DatabaseOptions.defaults());
    KeyspaceOptions plain = KeyspaceOptions.defaults().withCompression(Compression.NONE);
    KeyspaceOptions packed = plain.withBottomCompression(BottomCompression.ZSTD_HIGH);
    long plainBytes = bytesAtRest(database, plain, documents);
    long zstdBytes = bytesAtRest(database, plain.withCompression(Compression.ZSTD_HIGH), documents);

    // Not to the byte: higher versions take longer numbers.
    assertThat(bytesAtRest(database, packed, documents))
        .isBetween(zstdBytes * 98 / 100, zstdBytes * 102 / 100);

    Keyspace keyspace = database.keyspace("documents", packed);
    for (int i = 0; i < documents.size(); i++) {
      database.write(new WriteBatch().put(keyspace, key(i), documents.get(i)), Durability.LOGGED);
    }
    keyspace.flush();
    assertThat(keyspace.stats().runBytes()).isGreaterThan(plainBytes * 9 / 10);
  }

  @Test
  void optionsSurviveARestart() {
    Database database = databases.open(DatabaseOptions.defaults());
    KeyspaceOptions options =
        KeyspaceOptions.defaults()
            .withCompression(Compression.ZSTD)
            .withBottomCompression(BottomCompression.ZSTD_HIGH);
    database.keyspace("documents", options);

    database = databases.open(DatabaseOptions.defaults());

    assertThat(database.keyspace("documents").options()).isEqualTo(options);
  }
}
