package io.lightningdb.engine.memtable;

import io.lightningdb.engine.cursor.Projections;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.format.Operation;
import java.nio.charset.StandardCharsets;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A reader beside the writer that shifts and then splits a leaf: what is published is found, what was there stays found.
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Nothing new is published yet.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "What is published is found.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A published key is missed.")
@State
public class MemtableReadStress {
  private static final int BEFORE = 63;
  private static final ReadMoment END = ReadMoment.of(Long.MAX_VALUE, 0);

  private final Memtable memtable = new Memtable(1 << 20);
  private volatile long visible = BEFORE;

  /// Fills a leaf up to one place.
  public MemtableReadStress() {
    for (int i = 0; i < BEFORE; i++) {
      put(2 * i, i + 1L);
    }
  }

  private static byte[] key(int number) {
    return "key%04d".formatted(number).getBytes(StandardCharsets.UTF_8);
  }

  private void put(int number, long version) {
    byte[] key = key(number);
    memtable.apply(version, new Memtable.Change(Operation.PUT, key, 0, key.length, key.length, 0));
  }

  /// Shifts the entries of the leaf, then splits it.
  @Actor
  public void writer() {
    put(1, BEFORE + 1L);
    visible = BEFORE + 1L;
    put(3, BEFORE + 2L);
    visible = BEFORE + 2L;
  }

  /// Looks for the newest published key and for one that was there before.
  ///
  /// @param result 0, or whether the new key was found; whether the old key was found
  @Actor
  public void reader(II_Result result) {
    long version = visible;
    int newest = version == BEFORE + 1L ? 1 : 3;
    result.r1 = version == BEFORE ? 0 : found(newest, version);
    result.r2 = found(2 * (BEFORE - 1), version);
  }

  private int found(int number, long version) {
    return memtable.find(key(number), version, 0, END, Projections.VALUE) != null ? 1 : -1;
  }
}
