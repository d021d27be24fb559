package io.lightningdb.bench.store;

import java.util.Locale;

/// The stores that are compared.
public enum StoreKind {
  LIGHTNING("Lightning DB"),
  ROCKSDB("RocksDB"),
  LMDB("LMDB"),
  MVSTORE("H2 MVStore");

  private final String title;

  StoreKind(String title) {
    this.title = title;
  }

  /// The name to be shown.
  ///
  /// @return as its makers write it
  public String title() {
    return title;
  }

  /// Opens a store.
  ///
  /// @param settings how
  /// @return to be closed by the caller
  public Store open(StoreSettings settings) {
    return switch (this) {
      case LIGHTNING -> new LightningStore(settings);
      case ROCKSDB -> new RocksStore(settings);
      case LMDB -> new LmdbStore(settings);
      case MVSTORE -> new MvStore(settings);
    };
  }

  /// The name on the command line.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
