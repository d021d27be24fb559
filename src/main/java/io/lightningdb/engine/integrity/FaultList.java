package io.lightningdb.engine.integrity;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.run.RunCheck;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is wrong with the files of a database, in bounded memory: of a file that was cut every block may be a fault.
/// *Confined to one thread.*
///
/// Each file that has a fault is listed with one at least, and with a hundred at most; when a thousand are listed,
/// further files are listed with one. The others are counted.
final class FaultList implements RunCheck.Faults {
  static final int PER_FILE_MAX = 100;
  static final int MANY = Quarantine.BLOCKS_MAX;

  private final List<CorruptionException> listed = new ArrayList<>();
  private final Map<String, Integer> listedOfFile = new HashMap<>();
  private long unlisted;
  private @Nullable CorruptionException lastUnlisted;

  @Override
  public void accept(CorruptionException fault) {
    int ofFile = listedOfFile.getOrDefault(fault.file(), 0);
    if (ofFile < (listed.size() < MANY ? PER_FILE_MAX : 1)) {
      listed.add(fault);
      listedOfFile.put(fault.file(), ofFile + 1);
    } else {
      unlisted++;
      lastUnlisted = fault;
    }
  }

  /// The faults that are listed, in the order found.
  List<CorruptionException> listed() {
    return List.copyOf(listed);
  }

  /// Number of the others.
  long unlisted() {
    return unlisted;
  }

  /// The last of the others, if there are any.
  @Nullable CorruptionException lastUnlisted() {
    return lastUnlisted;
  }
}
