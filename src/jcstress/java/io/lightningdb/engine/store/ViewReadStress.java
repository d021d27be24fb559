package io.lightningdb.engine.store;

import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.run.Run;
import io.lightningdb.engine.run.RunWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// Two point reads in different stripes beside the replacement of their view: the runs are let go once, and never under a reader.
@JCStressTest
@Outcome(id = "[01], 1, 1", expect = Expect.ACCEPTABLE, desc = "Read, or turned away.")
@Outcome(id = ".*, .*, 0", expect = Expect.FORBIDDEN, desc = "The runs are kept for ever.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The runs went while they were read.")
@State
public class ViewReadStress {
  private static final int STRIPE_LONGS = 16;
  private static final KeyRange ALL = new KeyRange(new byte[0], null);

  private final AtomicInteger releases = new AtomicInteger();
  private final View view = view();
  private volatile boolean current = true;

  private View view() {
    RunRecord record = new RunRecord(1, new RunRecord.Place(0, 1), 1, 1, 0, 1, 1, ALL);
    Run run =
        new Run(
            new DiskStorage(Path.of("unused")), new RunWriter.Identity(1, 1, 1), new BlockCache(0));
    SharedRun shared = new SharedRun(record, run, _ -> releases.incrementAndGet());
    return new View(new Memtable(1 << 12), List.of(), List.of(shared), 0);
  }

  /// Reads in the first stripe.
  ///
  /// @param result 0 if the view was gone, 1 if it could be read, 2 if its runs were let go meanwhile
  @Actor
  public void reader(III_Result result) {
    view.enter(STRIPE_LONGS);
    result.r1 = current ? 1 + releases.get() : 0;
    view.leave(STRIPE_LONGS);
  }

  /// Puts another view in the place of this one, while reading it in the second stripe: either may be the last to leave.
  ///
  /// @param result 1 if it could be read, 2 if its runs were let go meanwhile
  @Actor
  public void replacer(III_Result result) {
    view.enter(2 * STRIPE_LONGS);
    current = false;
    view.unpin();
    result.r2 = 1 + releases.get();
    view.leave(2 * STRIPE_LONGS);
  }

  /// Counts how often the runs were let go.
  ///
  /// @param result gets the count
  @Arbiter
  public void count(III_Result result) {
    result.r3 = releases.get();
  }
}
