package io.lightningdb.engine.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// The content of one file: as the page cache has it, and as the disk has it.
///
/// *Confined to its [SimulatedStorage], which locks.*
final class SimulatedFile {
  static final int SECTOR_BYTES = 512;

  /// What processes read.
  private byte[] cached;

  /// What a power failure leaves for certain.
  private byte[] durable;

  /// Written since the last sync, in order.
  private final List<Write> pending = new ArrayList<>();

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Write(int position, byte[] bytes) {
    int end() {
      return position + bytes.length;
    }

    /// Copies what falls into `[from, from + length)` to its place in `target`.
    void copyTo(byte[] target, int from, int length) {
      int start = Math.max(position, from);
      int end = Math.min(end(), from + length);
      if (start < end) {
        System.arraycopy(bytes, start - position, target, start, end - start);
      }
    }

    boolean touches(Sector sector) {
      return position < sector.from() + sector.length() && end() > sector.from();
    }
  }

  private record Sector(int from, int length) {}

  private int reserved;

  private SimulatedFile(byte[] cached, byte[] durable) {
    this.cached = cached;
    this.durable = durable;
  }

  /// A file that is on the disk as a whole.
  static SimulatedFile of(byte[] content) {
    return new SimulatedFile(content.clone(), content.clone());
  }

  int length() {
    return Math.max(cached.length, reserved);
  }

  /// Makes the file as long as this, with bytes that are never looked at. A power failure may leave none of them.
  void reserve(int bytes) {
    reserved = bytes;
  }

  byte[] content() {
    return cached.clone();
  }

  void write(int position, byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    Write write = new Write(position, bytes);
    if (write.end() > cached.length) {
      cached = Arrays.copyOf(cached, write.end());
    }
    write.copyTo(cached, 0, cached.length);
    pending.add(write);
  }

  /// Brings every sector that was written to the disk, as the page cache has it now.
  void sync() {
    int wanted = lengthWanted();
    if (wanted > durable.length) {
      // Only then: a log segment is synced with every commit, and as long as ever.
      durable = Arrays.copyOf(durable, wanted);
    }
    for (Write write : pending) {
      int from = sectorStart(write.position());
      int to = Math.min(sectorStart(write.end() - 1) + SECTOR_BYTES, durable.length);
      System.arraycopy(cached, from, durable, from, to - from);
    }
    pending.clear();
  }

  /// A sync that fails: the disk has some of what was written, and the page cache believes it has all of it.
  void syncFailing(SplittableRandom random) {
    durable = image(random);
    pending.clear();
  }

  /// The file after the death of the process: nothing is lost, and nothing more is durable.
  SimulatedFile afterKill() {
    SimulatedFile copy = new SimulatedFile(cached.clone(), durable.clone());
    copy.pending.addAll(pending);
    copy.reserved = reserved;
    return copy;
  }

  /// The file after a power failure.
  SimulatedFile afterCrash(SplittableRandom random) {
    return of(image(random));
  }

  /// What the disk may hold without a sync: each sector old, new, at any state between, or torn.
  private byte[] image(SplittableRandom random) {
    byte[] image = Arrays.copyOf(durable, lengthAfterCrash(random));
    Luck luck = Luck.ALL.get(random.nextInt(Luck.ALL.size()));
    for (int from = 0; from < image.length; from += SECTOR_BYTES) {
      Sector sector = new Sector(from, Math.min(SECTOR_BYTES, image.length - from));
      List<Write> writes = touching(sector);
      if (!writes.isEmpty()) {
        settle(image, sector, writes, luck.sectorFate(random), random);
      }
    }
    return image;
  }

  private List<Write> touching(Sector sector) {
    List<Write> found = new ArrayList<>();
    for (Write write : pending) {
      if (write.touches(sector)) {
        found.add(write);
      }
    }
    return found;
  }

  private void settle(
      byte[] image, Sector sector, List<Write> writes, Fate fate, SplittableRandom random) {
    int from = sector.from();
    int length = sector.length();
    switch (fate) {
      case DROPPED -> {}
      case KEPT -> System.arraycopy(cached, from, image, from, length);
      case BETWEEN ->
          apply(writes.subList(0, random.nextInt(writes.size() + 1)), image, from, length);
      case TORN -> apply(writes, image, from, random.nextInt(length + 1));
    }
  }

  private static void apply(List<Write> writes, byte[] image, int from, int length) {
    for (Write write : writes) {
      write.copyTo(image, from, length);
    }
  }

  private int lengthAfterCrash(SplittableRandom random) {
    int wanted = Math.max(durable.length, lengthWanted());
    return switch (random.nextInt(3)) {
      case 0 -> durable.length;
      case 1 -> wanted;
      default -> durable.length + random.nextInt(wanted - durable.length + 1);
    };
  }

  private int lengthWanted() {
    int length = 0;
    for (Write write : pending) {
      length = Math.max(length, write.end());
    }
    return length;
  }

  private static int sectorStart(int position) {
    return position - position % SECTOR_BYTES;
  }

  /// What becomes of one sector.
  private enum Fate {
    DROPPED,
    KEPT,
    /// The state after some of the writes.
    BETWEEN,
    /// New up to some byte, old from there.
    TORN;

    private static final List<Fate> ALL = List.of(values());
  }

  /// How much of a file had reached the disk: all or nothing happens too rarely by chance, sector by sector.
  private enum Luck {
    NOTHING,
    EVERYTHING,
    MOST,
    HALF;

    private static final List<Luck> ALL = List.of(values());

    Fate sectorFate(SplittableRandom random) {
      return switch (this) {
        case NOTHING -> Fate.DROPPED;
        case EVERYTHING -> Fate.KEPT;
        case MOST -> random.nextInt(4) > 0 ? Fate.KEPT : any(random);
        case HALF -> any(random);
      };
    }

    private static Fate any(SplittableRandom random) {
      return Fate.ALL.get(random.nextInt(Fate.ALL.size()));
    }
  }
}
