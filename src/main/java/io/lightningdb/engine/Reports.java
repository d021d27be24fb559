package io.lightningdb.engine;

import io.lightningdb.engine.integrity.IntegrityCheck;

/// Turns what a check found into a report.
final class Reports {
  private Reports() {}

  static IntegrityReport of(IntegrityCheck.Result result) {
    return new IntegrityReport(
        result.filesChecked(),
        result.bytesChecked(),
        result.entriesChecked(),
        result.faults().stream()
            .map(fault -> new IntegrityReport.Fault(fault.file(), fault.offset(), fault.reason()))
            .toList());
  }
}
