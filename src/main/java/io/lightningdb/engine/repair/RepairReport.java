package io.lightningdb.engine.repair;

import io.lightningdb.engine.format.CorruptionException;
import java.util.List;

/// What a repair has found and done. Immutable.
///
/// @param found what was damaged
/// @param remedies what was done, or would be
/// @param losses keys that were lost, or would be
/// @param lossCode has to be given to accept exactly these losses; empty if there are none
/// @param done whether the remedies were applied, those with losses included
/// @param left what is damaged now
public record RepairReport(
    List<CorruptionException> found,
    List<Remedy> remedies,
    List<Loss> losses,
    String lossCode,
    boolean done,
    List<CorruptionException> left) {

  /// Copies the lists.
  public RepairReport {
    found = List.copyOf(found);
    remedies = List.copyOf(remedies);
    losses = List.copyOf(losses);
    left = List.copyOf(left);
  }
}
