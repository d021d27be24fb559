package io.lightningdb.engine.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;

/// Rules of what to let go, played on a recorded trace.
enum Replacement {
  /// What was used the longest time ago.
  LRU {
    @Override
    long hits(int[] trace, int blocks) {
      SequencedMap<Integer, Boolean> held = new LinkedHashMap<>();
      long hits = 0;
      for (int block : trace) {
        hits += held.remove(block) != null ? 1 : 0;
        held.putLast(block, true);
        if (held.size() > blocks) {
          held.pollFirstEntry();
        }
      }
      return hits;
    }
  },

  /// The cache of this engine. What its own lists take it has to save on blocks.
  CAR {
    @Override
    long hits(int[] trace, int blocks) {
      BlockCache cache = new BlockCache((long) blocks * BLOCK_BYTES);
      BlockSlots<Integer> file = cache.slots(Arrays.stream(trace).max().orElse(0) + 1);
      for (int block : trace) {
        if (file.get(block) == null) {
          file.put(block, block, BLOCK_BYTES - BlockCache.BLOCK_OVERHEAD_BYTES);
        }
      }
      return cache.figures().hits();
    }
  },

  /// Caffeine: what is asked for least often, apart from what is new.
  W_TINY_LFU {
    @Override
    long hits(int[] trace, int blocks) {
      Cache<Integer, Integer> cache =
          Caffeine.newBuilder().maximumSize(blocks).executor(Runnable::run).build();
      long hits = 0;
      for (int block : trace) {
        if (cache.getIfPresent(block) != null) {
          hits++;
        } else {
          cache.put(block, block);
        }
      }
      return hits;
    }
  },

  /// Belady's optimum: what will not be used for the longest time. Nobody can do better, and nobody can know.
  OPTIMAL {
    @Override
    long hits(int[] trace, int blocks) {
      int[] next = nextUses(trace);
      Map<Integer, Integer> held = new HashMap<>();
      TreeSet<Integer> uses = new TreeSet<>();
      Map<Integer, Integer> blockOfUse = new HashMap<>();
      long hits = 0;
      for (int i = 0; i < trace.length; i++) {
        Integer use = held.remove(trace[i]);
        if (use != null) {
          hits++;
          uses.remove(use);
          blockOfUse.remove(use);
        }
        if (next[i] == Integer.MAX_VALUE) {
          continue;
        }
        held.put(trace[i], next[i]);
        uses.add(next[i]);
        blockOfUse.put(next[i], trace[i]);
        if (held.size() > blocks) {
          held.remove(blockOfUse.remove(uses.pollLast()));
        }
      }
      return hits;
    }
  };

  /// What one block counts in the cache of this engine: a leaf of 4 KiB, about.
  static final int BLOCK_BYTES = 4224;

  abstract long hits(int[] trace, int blocks);

  /// When each block of a trace is asked for again; the greatest number if never.
  private static int[] nextUses(int[] trace) {
    int[] next = new int[trace.length];
    Map<Integer, Integer> seen = new HashMap<>();
    for (int i = trace.length - 1; i >= 0; i--) {
      next[i] = seen.getOrDefault(trace[i], Integer.MAX_VALUE);
      seen.put(trace[i], i);
    }
    return next;
  }
}
