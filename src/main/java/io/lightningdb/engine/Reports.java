package io.lightningdb.engine;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.integrity.IntegrityCheck;
import java.util.ArrayList;
import java.util.List;

/// Turns what a check found into a report.
final class Reports {
  private Reports() {}

  static IntegrityReport of(IntegrityCheck.Result result) {
    List<IntegrityReport.Fault> faults = new ArrayList<>();
    for (CorruptionException fault : result.faults()) {
      faults.add(new IntegrityReport.Fault(fault.file(), fault.offset(), fault.reason()));
    }
    CorruptionException last = result.lastUnlisted();
    if (last != null) {
      String others = result.unlisted() + " more faults are not listed, the last of them here: ";
      faults.add(new IntegrityReport.Fault(last.file(), last.offset(), others + last.reason()));
    }
    return new IntegrityReport(
        result.filesChecked(), result.bytesChecked(), result.entriesChecked(), faults);
  }
}
