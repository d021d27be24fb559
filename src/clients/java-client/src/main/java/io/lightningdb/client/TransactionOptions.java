package io.lightningdb.client;

import java.time.Duration;
import java.util.Objects;

/** How a transaction behaves. Immutable: each method answers another one. */
public final class TransactionOptions {
  static final int ATTEMPTS_MAX_DEFAULT = 50;
  private static final TransactionOptions DEFAULTS =
      new TransactionOptions(false, false, null, null, ATTEMPTS_MAX_DEFAULT, null);

  private final boolean serializable;
  private final boolean readOnly;
  private final Duration lease;
  private final Duration deadline;
  private final int attemptsMax;
  private final Durability durability;

  private TransactionOptions(
      boolean serializable,
      boolean readOnly,
      Duration lease,
      Duration deadline,
      int attemptsMax,
      Durability durability) {
    this.serializable = serializable;
    this.readOnly = readOnly;
    this.lease = lease;
    this.deadline = deadline;
    this.attemptsMax = attemptsMax;
    this.durability = durability;
  }

  /**
   * Snapshot isolation, lease and deadline as the service has them, done 50 times at most.
   *
   * @return these options
   */
  public static TransactionOptions defaults() {
    return DEFAULTS;
  }

  /**
   * The commit conflicts too if what was read has changed, not only what was written.
   *
   * @return options with it
   */
  public TransactionOptions serializable() {
    return new TransactionOptions(true, readOnly, lease, deadline, attemptsMax, durability);
  }

  /**
   * Nothing is written, and nothing ever conflicts.
   *
   * @return options with it
   */
  public TransactionOptions readOnly() {
    return new TransactionOptions(serializable, true, lease, deadline, attemptsMax, durability);
  }

  /**
   * After which time without a request it is rolled back.
   *
   * @param lease above zero
   * @return options with it
   */
  public TransactionOptions lease(Duration lease) {
    Objects.requireNonNull(lease);
    return new TransactionOptions(serializable, readOnly, lease, deadline, attemptsMax, durability);
  }

  /**
   * At which age it is rolled back, whatever happens.
   *
   * @param deadline above zero
   * @return options with it
   */
  public TransactionOptions deadline(Duration deadline) {
    Objects.requireNonNull(deadline);
    return new TransactionOptions(serializable, readOnly, lease, deadline, attemptsMax, durability);
  }

  /**
   * How often {@link LightningClient#transact} does it at most where others are in the way.
   *
   * @param attemptsMax from 1 (not again)
   * @return options with it
   */
  public TransactionOptions attemptsMax(int attemptsMax) {
    if (attemptsMax < 1) {
      throw new IllegalArgumentException("attemptsMax is " + attemptsMax + ", not 1 or more");
    }
    return new TransactionOptions(serializable, readOnly, lease, deadline, attemptsMax, durability);
  }

  /**
   * What the commit must survive before it is answered; {@link Durability#SYNCED} without it.
   *
   * @param durability of the commit
   * @return options with it
   */
  public TransactionOptions durability(Durability durability) {
    Objects.requireNonNull(durability);
    return new TransactionOptions(serializable, readOnly, lease, deadline, attemptsMax, durability);
  }

  int attemptsMax() {
    return attemptsMax;
  }

  String durabilityWord() {
    return Durability.word(durability);
  }

  byte[] written() {
    return Json.written(out -> {
      out.writeStartObject();
      out.writeStringProperty("isolation", serializable ? "serializable" : "snapshot");
      out.writeBooleanProperty("readOnly", readOnly);
      if (lease != null) {
        out.writeStringProperty("lease", lease.toString());
      }
      if (deadline != null) {
        out.writeStringProperty("deadline", deadline.toString());
      }
      out.writeEndObject();
    });
  }
}
