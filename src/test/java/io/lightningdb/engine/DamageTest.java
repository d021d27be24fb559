package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.testkit.Examination;
import io.lightningdb.engine.testkit.Examination.Finding;
import io.lightningdb.engine.testkit.Examination.Verdict;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Specimen;
import io.lightningdb.engine.testkit.Specimen.LogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damage of every kind to every file of a small database: it is reported with the file's name, or it is harmless. No read
/// ever gives a wrong answer.
///
/// One kind of damage cannot be told from a power failure: that of the last commit in the log, as long as nothing was
/// written behind it that proves that it was synced. The same holds for more of the last commits if all of them are
/// damaged. These commits are cut, nothing else is missing, and the cut is reported unless more than a byte of the header
/// of the first of them is destroyed. A clean stop leaves no log, so that nothing of a closed database can be cut.
class DamageTest {
  /// An ordinary run damages one byte in so many, other ones each time; a campaign of as many rounds damages all.
  private static final int STRIDE = 6;

  @TempDir private Path directory;

  @Test
  void everyFlippedByteOfAClosedDatabaseIsDetected() {
    Tally tally = flipBytes(Specimen.closed());
    assertThat(tally.count(Verdict.CUT)).isZero();
  }

  @Test
  void everyFlippedByteOfAKilledDatabaseIsDetectedOrCutsTheLastCommit() {
    flipBytes(Specimen.killed());
  }

  private static Tally flipBytes(Specimen specimen) {
    int stride = Math.max(1, STRIDE / Seeds.campaign());
    long seed = Seeds.one();
    Seeds.print(DamageTest.class, seed, "flips of the " + specimen.name() + " database");
    Tally tally = new Tally(specimen, "flips");
    for (String file : specimen.files().keySet()) {
      int length = specimen.file(file).length;
      for (int at = Math.floorMod(seed, stride); at < length; at += stride) {
        if (!isFarBehindTheEnd(specimen, file, at)) {
          tally.add(file, at, flipped(specimen, file, at, Math.floorMod(at + seed, 8)));
        }
      }
    }
    tally.print();
    return tally;
  }

  /// Most of a log segment is empty: there, one byte in 4096 is enough.
  private static boolean isFarBehindTheEnd(Specimen specimen, String file, int at) {
    byte[] content = specimen.file(file);
    int zeros = 0;
    while (zeros < 256 && at + zeros < content.length && content[at + zeros] == 0) {
      zeros++;
    }
    int before = Math.max(0, at - 64);
    boolean zerosBefore = isZero(content, before, at);
    return file.startsWith("log-") && zeros == 256 && zerosBefore && at % 4096 >= STRIDE;
  }

  private static boolean isZero(byte[] content, int from, int to) {
    for (int i = from; i < to; i++) {
      if (content[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static NavigableMap<String, byte[]> flipped(
      Specimen specimen, String file, int at, int bit) {
    byte[] content = specimen.file(file).clone();
    content[at] ^= (byte) (1 << bit);
    return with(specimen, file, content);
  }

  private static NavigableMap<String, byte[]> with(Specimen specimen, String file, byte[] content) {
    NavigableMap<String, byte[]> files = new TreeMap<>(specimen.files());
    files.put(file, content);
    return files;
  }

  @Test
  void everyZeroedSectorIsDetected() {
    for (Specimen specimen : List.of(Specimen.closed(), Specimen.killed())) {
      Tally tally = new Tally(specimen, "zeroed sectors");
      for (String file : specimen.files().keySet()) {
        byte[] sound = specimen.file(file);
        for (int at = 0; at < sound.length; at += 512) {
          byte[] content = sound.clone();
          Arrays.fill(content, at, Math.min(at + 512, content.length), (byte) 0);
          if (!Arrays.equals(content, sound)) {
            tally.add(file, at, with(specimen, file, content));
          }
        }
      }
      tally.print();
    }
  }

  @Test
  void everyCutFileIsDetected() {
    for (Specimen specimen : List.of(Specimen.closed(), Specimen.killed())) {
      Tally tally = new Tally(specimen, "cut files");
      for (String file : specimen.files().keySet()) {
        byte[] sound = specimen.file(file);
        for (int length : lengths(sound.length)) {
          tally.add(file, length, with(specimen, file, Arrays.copyOf(sound, length)));
        }
      }
      tally.print();
    }
  }

  /// Every length of a short file, and those of a long one that are near its ends or sectors.
  private static List<Integer> lengths(int whole) {
    List<Integer> lengths = new ArrayList<>();
    for (int length = 0; length < whole; length++) {
      boolean near = length < 200 || length > whole - 100 || length % 512 < 2;
      if (near || (length % 37 == 0 && whole < 8192)) {
        lengths.add(length);
      }
    }
    return lengths;
  }

  @Test
  void everyMissingFileIsDetected() {
    for (Specimen specimen : List.of(Specimen.closed(), Specimen.killed())) {
      Tally tally = new Tally(specimen, "missing files");
      for (String file : specimen.files().keySet()) {
        NavigableMap<String, byte[]> files = new TreeMap<>(specimen.files());
        files.remove(file);
        tally.add(file, 0, files);
      }
      tally.print();
    }
  }

  @Test
  void everyFileInThePlaceOfAnotherIsDetected() {
    for (Specimen specimen : List.of(Specimen.closed(), Specimen.killed())) {
      Tally tally = new Tally(specimen, "swapped files");
      for (String file : specimen.files().keySet()) {
        for (String other : specimen.files().keySet()) {
          if (!file.equals(other) && kind(file).equals(kind(other))) {
            tally.add(file, 0, with(specimen, file, specimen.file(other)));
          }
        }
      }
      tally.print();
    }
  }

  @Test
  void everyFileOfAnotherDatabaseIsDetected() {
    Specimen specimen = Specimen.closed();
    Specimen stranger = Specimen.stranger();
    Tally tally = new Tally(specimen, "files of another database");
    for (String file : specimen.files().keySet()) {
      byte[] other = stranger.files().get(file);
      if (other != null && !Arrays.equals(other, specimen.file(file))) {
        // To another manifest, all the other files are foreign.
        Set<String> foreign = file.equals("MANIFEST") ? specimen.files().keySet() : Set.of(file);
        NavigableMap<String, byte[]> files = with(specimen, file, other);
        tally.add(file, 0, files, Examination.examine(specimen, files, foreign));
      }
    }
    tally.print();
    assertThat(tally.count(Verdict.DETECTED)).isPositive();
  }

  @Test
  void mergesDoNotHideDamage() {
    Specimen specimen = Specimen.closed();
    long seed = Seeds.one();
    Seeds.print(DamageTest.class, seed, "flips before merges");
    Tally tally = new Tally(specimen, "flips before merges");
    for (String file : specimen.files().keySet()) {
      int length = specimen.file(file).length;
      for (int at = Math.floorMod(seed, 97); file.startsWith("run-") && at < length; at += 97) {
        NavigableMap<String, byte[]> files = flipped(specimen, file, at, at % 8);
        tally.add(file, at, files, Examination.examineMerging(specimen, files, Set.of(file)));
      }
    }
    tally.print();
  }

  @Test
  void theCheckOfAClosedDirectoryFindsDamageAndChangesNothing() throws IOException {
    for (Specimen specimen : List.of(Specimen.closed(), Specimen.killed())) {
      assertThat(verify(specimen.files())).isEmpty();
      for (String file : specimen.files().keySet()) {
        // The ballast, a spare, holds space and no bytes that anybody reads.
        if (!file.equals("LOCK") && !file.equals(FileFormat.BALLAST)) {
          // Byte 20 is in the header of a manifest or log, and in the first leaf of a run.
          assertThat(verify(flipped(specimen, file, 20, 3)))
              .as(file)
              .isNotEmpty()
              .allMatch(fault -> fault.file().equals(file));
        }
      }
    }
  }

  private List<IntegrityReport.Fault> verify(NavigableMap<String, byte[]> files)
      throws IOException {
    Path copy = Files.createTempDirectory(directory, "copy");
    SimulatedStorage.of(files).writeTo(copy);
    List<IntegrityReport.Fault> faults = Database.verify(copy, (_, _) -> {}).faults();
    for (var file : files.entrySet()) {
      if (!file.getKey().equals("LOCK")) {
        assertThat(Files.readAllBytes(copy.resolve(file.getKey()))).isEqualTo(file.getValue());
      }
    }
    return faults;
  }

  private static String kind(String file) {
    int dash = file.indexOf('-');
    return dash < 0 ? file : file.substring(0, dash);
  }

  /// Counts what became of damage, and fails at the first that does not keep the promise.
  private static final class Tally {
    private final Specimen specimen;
    private final String what;
    private final Map<String, Map<Verdict, Integer>> counts = new TreeMap<>();

    Tally(Specimen specimen, String what) {
      this.specimen = specimen;
      this.what = what;
    }

    void add(String file, int at, NavigableMap<String, byte[]> files) {
      try {
        add(file, at, files, Examination.examine(specimen, files, Set.of(file)));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(place(file, at) + ": " + e, e);
      }
    }

    void add(String file, int at, NavigableMap<String, byte[]> files, Finding finding) {
      boolean legal =
          switch (finding.verdict()) {
            case DETECTED -> true;
            case HARMLESS -> mayHoldNothing(file) || losesOnlyZeros(file, files);
            case CUT -> isCutLegal(finding, files);
          };
      assertThat(legal).as(place(file, at) + ": " + finding).isTrue();
      counts
          .computeIfAbsent(kind(file), _ -> new EnumMap<>(Verdict.class))
          .merge(finding.verdict(), 1, Integer::sum);
    }

    private static boolean mayHoldNothing(String file) {
      return !file.equals("MANIFEST") && !file.startsWith("run-");
    }

    /// Tells whether all that changed are zeros, as between blocks: such bytes may be without meaning.
    private boolean losesOnlyZeros(String file, NavigableMap<String, byte[]> files) {
      byte[] sound = specimen.file(file);
      byte[] damaged = files.getOrDefault(file, new byte[0]);
      for (int i = 0; i < sound.length; i++) {
        if (sound[i] != 0 && (i >= damaged.length || sound[i] != damaged[i])) {
          return false;
        }
      }
      return true;
    }

    /// Each commit that was cut is damaged, and the cut is where the first of them stands.
    private boolean isCutLegal(Finding finding, NavigableMap<String, byte[]> files) {
      List<LogRecord> lost =
          specimen.tail().stream().filter(commit -> commit.version() > finding.version()).toList();
      LogRecord first = lost.getFirst();
      boolean isReported =
          finding
              .cut()
              .filter(cut -> cut.file().equals(first.file()) && cut.offset() == first.start())
              .isPresent();
      return lost.stream().allMatch(commit -> isDamaged(commit, files))
          && (isReported || isHeaderDestroyed(first, files));
    }

    private boolean isDamaged(LogRecord commit, NavigableMap<String, byte[]> files) {
      byte[] sound = specimen.file(commit.file());
      byte[] damaged = Arrays.copyOf(files.getOrDefault(commit.file(), new byte[0]), sound.length);
      return !Arrays.equals(
          sound, commit.start(), commit.end(), damaged, commit.start(), commit.end());
    }

    private boolean isHeaderDestroyed(LogRecord commit, NavigableMap<String, byte[]> files) {
      byte[] sound = specimen.file(commit.file());
      byte[] damaged = Arrays.copyOf(files.getOrDefault(commit.file(), new byte[0]), sound.length);
      int destroyed = 0;
      for (int i = 0; i < LogFormat.RECORD_HEADER_BYTES; i++) {
        destroyed += sound[commit.start() + i] != damaged[commit.start() + i] ? 1 : 0;
      }
      return destroyed > 1;
    }

    private String place(String file, int at) {
      return what + " of the " + specimen.name() + " database, " + file + " at " + at;
    }

    int count(Verdict verdict) {
      return counts.values().stream()
          .mapToInt(byVerdict -> byVerdict.getOrDefault(verdict, 0))
          .sum();
    }

    void print() {
      System.out.printf(
          "DamageTest: %s of the %s database: undetected = 0, %s%n", what, specimen.name(), counts);
      assertThat(counts).isNotEmpty();
    }
  }
}
