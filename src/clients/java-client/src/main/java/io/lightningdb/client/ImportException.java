package io.lightningdb.client;

/** An import ended early. What it had stored before stays. */
public final class ImportException extends LightningException {
  private static final long serialVersionUID = 1;

  private final transient ImportReport report;

  /** Where to go on. */
  private final long line;

  ImportException(String message, ImportReport report, long line, Throwable cause) {
    super(message, cause);
    this.report = report;
    this.line = line;
  }

  /**
   * What is stored for certain. The part that ended the import may be stored to some extent besides; importing it again has the same effect.
   *
   * @return the report up to the part that ended the import; null if the exception was serialized
   */
  public ImportReport report() {
    return report;
  }

  /**
   * Where to go on: everything before is stored or was left out as wanted.
   *
   * @return number of an entry or line in the whole import, from 1; if the cause is a {@link ProblemException}, the one that is wrong
   */
  public long line() {
    return line;
  }
}
