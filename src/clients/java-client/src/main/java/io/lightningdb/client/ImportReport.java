package io.lightningdb.client;

import java.util.List;

/**
 * What came of an import. Immutable.
 *
 * @param imported how many entries are stored
 * @param rejected how many were left out
 * @param rejections the first of them, 100 at most for each part that was sent
 * @param version version of the last commit; 0 if there was none
 */
public record ImportReport(
    long imported, long rejected, List<ImportReport.Rejection> rejections, long version) {
  /** Keeps a copy of the rejections. */
  public ImportReport {
    rejections = List.copyOf(rejections);
  }

  /**
   * What was left out.
   *
   * @param line number of the entry or line in the whole import, from 1
   * @param reason what was wrong
   */
  public record Rejection(long line, String reason) {}
}
