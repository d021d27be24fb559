package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.io.FailureText;
import java.io.IOException;

/// Verifies every byte of a run that is in use against its checksums, a share at a time. *Confined to one thread.*
///
/// The file is read through its mapping and past the cache of blocks, so nothing is displaced there. What does not
/// verify any more is refused from then on by every read, even if it was well when it was read before.
public final class RunScrub {
  private final Run owner;
  private final RunBlocks run;
  private final ReadAhead ahead;

  // The part that comes next: -1 for the head, then the blocks, then the pages of the point index.
  private int next = -1;
  private boolean done;

  RunScrub(Run owner, RunBlocks run) {
    this.owner = owner;
    this.run = run;
    this.ahead = run.readAhead(ReadPurpose.CHECK);
  }

  /// Tells whether all was read.
  ///
  /// @return true once it was
  public boolean isDone() {
    return done;
  }

  /// Reads on.
  ///
  /// @param bytesMax when to stop; the part begun is read to its end
  /// @param faults gets what is wrong
  /// @return bytes read, 0 only if all was read before
  public long read(long bytesMax, RunCheck.Faults faults) {
    long bytes = 0;
    while (!done && bytes < bytesMax) {
      bytes += readPart(faults);
    }
    return bytes;
  }

  private long readPart(RunCheck.Faults faults) {
    int blocks = run.properties().blocks();
    int pages = run.properties().pointIndex().pages();
    if (next >= blocks + pages) {
      done = true;
      return 0;
    }
    int part = next++;
    try {
      return run.reading(
          () -> part < 0 ? readHead() : part < blocks ? readBlock(part) : readPage(part - blocks));
    } catch (CorruptionException e) {
      faults.add(e);
    } catch (IOException e) {
      faults.add(unreadable(e));
    }
    if (part < 0) {
      // Where the parts stand is not known any more.
      owner.distrust();
      done = true;
    }
    return 1;
  }

  private CorruptionException unreadable(IOException cause) {
    CorruptionException damage =
        new CorruptionException(run.name(), 0, "it cannot be read: " + FailureText.of(cause));
    damage.initCause(cause);
    return damage;
  }

  private long readHead() throws IOException {
    return run.recheckHead();
  }

  private long readBlock(int number) throws IOException {
    run.recheckBlock(number, run.blockKind(number), ahead);
    return (long) run.blockStoredLength(number) + RunFormat.TRAILER_BYTES;
  }

  private long readPage(int page) throws IOException {
    run.recheckPage(page, ahead);
    return run.pageBytes(page) + 4;
  }
}
