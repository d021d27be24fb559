package io.lightningdb.engine;

/// Pays for what a transaction keeps, beside the memory budget: so a program that begins transactions for others can
/// hold each of them to a share. *Thread-safe.*
public interface TransactionAccount {
  /// Of a transaction that is held to nothing but the limits of the database.
  TransactionAccount NONE =
      new TransactionAccount() {
        @Override
        public void take(long bytes) {
          // As much as it likes.
        }

        @Override
        public void settle(long bytes) {
          // Of no interest.
        }

        @Override
        public void ended() {
          // Of no interest.
        }
      };

  /// Pays for what the transaction is about to keep.
  ///
  /// @param bytes how much more, positive
  /// @throws RuntimeException to refuse it; the call of the transaction fails with it and changes nothing
  void take(long bytes);

  /// Notes what the transaction keeps already, or no longer. Throws nothing.
  ///
  /// @param bytes how much more; negative for what is given back
  void settle(long bytes);

  /// Notes that the transaction has ended, after it gave everything back. Called once, and throws nothing.
  void ended();
}
