package io.lightningdb.engine;

/// Figures of transactions. Counters count from the opening of the database.
///
/// @param open transactions open now
/// @param committed transactions committed
/// @param rolledBack transactions rolled back, conflicts and deadlocks among them
/// @param expired transactions ended by their lease, their age or an operator
/// @param conflicts commits and locks refused because of another commit
/// @param deadlocks transactions that gave way in a deadlock
/// @param locksHeld keys locked now
/// @param lockWaiters transactions that wait for a lock now
public record TransactionStats(
    int open,
    long committed,
    long rolledBack,
    long expired,
    long conflicts,
    long deadlocks,
    int locksHeld,
    int lockWaiters) {}
