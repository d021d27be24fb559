package io.lightningdb.engine.cache;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The rules of the cache on plain ordered maps, to be compared with the cache step by step.
final class CacheModel {
  private final SequencedMap<Id, Held> recency = new LinkedHashMap<>();
  private final SequencedMap<Id, Held> frequency = new LinkedHashMap<>();
  private final SequencedMap<Id, Held> recencyGhosts = new LinkedHashMap<>();
  private final SequencedMap<Id, Held> frequencyGhosts = new LinkedHashMap<>();
  private long bytesMax;
  private long fileBytes;
  private long target;

  /// A block of a file.
  record Id(int file, int number) {
    Id chunk() {
      return new Id(file, number / 64);
    }
  }

  private static final class Held {
    final long bytes;
    boolean used;

    Held(long bytes) {
      this.bytes = bytes;
    }
  }

  CacheModel(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  void open(long bytes) {
    fileBytes += bytes;
    makeRoom(0);
  }

  void close(int file, long bytes) {
    for (SequencedMap<Id, Held> list : lists()) {
      list.keySet().removeIf(id -> id.file() == file);
    }
    fileBytes -= bytes;
  }

  void resize(long bytes) {
    bytesMax = bytes;
    target = Math.min(target, capacity());
    makeRoom(0);
  }

  boolean get(Id id) {
    Held held = recency.getOrDefault(id, frequency.get(id));
    if (held != null) {
      held.used = true;
    }
    return held != null;
  }

  void put(Id id, long contentBytes) {
    Held block = new Held(contentBytes + BlockCache.BLOCK_OVERHEAD_BYTES);
    if (block.bytes > bytesMax / 4 || get(id)) {
      return;
    }
    boolean again = adapt(id);
    long needed = block.bytes + BlockSlots.CHUNK_BYTES;
    makeRoom(needed);
    if (used() + needed <= bytesMax) {
      (again ? frequency : recency).put(id, block);
    }
  }

  private boolean adapt(Id id) {
    double recencyBytes = bytes(recencyGhosts);
    double frequencyBytes = bytes(frequencyGhosts);
    long capacity = capacity();
    Held ghost = recencyGhosts.remove(id);
    if (ghost != null) {
      long step = Math.round(ghost.bytes * Math.max(1, frequencyBytes / recencyBytes));
      target = Math.min(capacity, target + step);
      return true;
    }
    ghost = frequencyGhosts.remove(id);
    if (ghost != null) {
      long step = Math.round(ghost.bytes * Math.max(1, recencyBytes / frequencyBytes));
      target = Math.max(0, target - step);
      return true;
    }
    return false;
  }

  private void makeRoom(long needed) {
    while (used() + needed > bytesMax && held() > 0) {
      evict();
    }
    while (!recencyGhosts.isEmpty()
        && bytes(recency) + bytes(recencyGhosts) + needed > capacity()) {
      recencyGhosts.pollFirstEntry();
    }
    while (!frequencyGhosts.isEmpty()
        && lists().stream().mapToDouble(CacheModel::bytes).sum() + needed > 2.0 * capacity()) {
      frequencyGhosts.pollFirstEntry();
    }
    while (used() + needed > bytesMax && recencyGhosts.size() + frequencyGhosts.size() > 0) {
      (frequencyGhosts.isEmpty() ? recencyGhosts : frequencyGhosts).pollFirstEntry();
    }
  }

  private void evict() {
    while (true) {
      boolean fromRecency = !recency.isEmpty() && (frequency.isEmpty() || bytes(recency) >= target);
      SequencedMap<Id, Held> side = fromRecency ? recency : frequency;
      var hand = side.pollFirstEntry();
      Held block = hand.getValue();
      if (block.used) {
        block.used = false;
        frequency.putLast(hand.getKey(), block);
      } else {
        (fromRecency ? recencyGhosts : frequencyGhosts).putLast(hand.getKey(), block);
        return;
      }
    }
  }

  private List<SequencedMap<Id, Held>> lists() {
    return List.of(recency, frequency, recencyGhosts, frequencyGhosts);
  }

  private static double bytes(SequencedMap<Id, Held> list) {
    return list.values().stream().mapToLong(held -> held.bytes).sum();
  }

  int held() {
    return recency.size() + frequency.size();
  }

  long target() {
    return target;
  }

  private long slotBytes() {
    List<Id> known = new ArrayList<>();
    lists().forEach(list -> known.addAll(list.keySet()));
    return fileBytes + known.stream().map(Id::chunk).distinct().count() * BlockSlots.CHUNK_BYTES;
  }

  private long capacity() {
    return Math.max(0, bytesMax - slotBytes());
  }

  long used() {
    int ghosts = recencyGhosts.size() + frequencyGhosts.size();
    return (long) (bytes(recency) + bytes(frequency))
        + (long) ghosts * BlockCache.BLOCK_OVERHEAD_BYTES
        + slotBytes();
  }
}
