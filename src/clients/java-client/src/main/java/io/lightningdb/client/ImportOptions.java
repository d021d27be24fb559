package io.lightningdb.client;

import java.util.Objects;
import java.util.function.LongConsumer;

/** How an import is done. Immutable: each method answers another one. */
public final class ImportOptions {
  private static final ImportOptions DEFAULTS =
      new ImportOptions(null, false, null, imported -> {});

  private final String keyField;
  private final boolean skip;
  private final Durability durability;
  private final LongConsumer progress;

  private ImportOptions(
      String keyField, boolean skip, Durability durability, LongConsumer progress) {
    this.keyField = keyField;
    this.skip = skip;
    this.durability = durability;
    this.progress = progress;
  }

  /**
   * The first entry that cannot be imported ends the import; lines are entries as an export writes them.
   *
   * @return these options
   */
  public static ImportOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Lines are documents, each stored as it is under the text that is found in it.
   *
   * @param pointer where the key is, a JSON pointer (RFC 6901) such as {@code /sku}
   * @return options with it
   */
  public ImportOptions keyField(String pointer) {
    return new ImportOptions(Objects.requireNonNull(pointer), skip, durability, progress);
  }

  /**
   * What cannot be imported is left out, and reported.
   *
   * @return options with it
   */
  public ImportOptions skipErrors() {
    return new ImportOptions(keyField, true, durability, progress);
  }

  /**
   * What commits must survive before they are acknowledged.
   *
   * @param durability of all commits
   * @return options with it
   */
  public ImportOptions durability(Durability durability) {
    return new ImportOptions(keyField, skip, Objects.requireNonNull(durability), progress);
  }

  /**
   * Is told how many entries are stored, after each part.
   *
   * @param progress called by the importing thread
   * @return options with it
   */
  public ImportOptions progress(LongConsumer progress) {
    return new ImportOptions(keyField, skip, durability, Objects.requireNonNull(progress));
  }

  String keyField() {
    return keyField;
  }

  boolean skipsErrors() {
    return skip;
  }

  String durabilityWord() {
    return Durability.word(durability);
  }

  void told(long imported) {
    progress.accept(imported);
  }
}
