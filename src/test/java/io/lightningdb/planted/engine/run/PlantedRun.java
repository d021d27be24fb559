package io.lightningdb.planted.engine.run;

import io.lightningdb.planted.engine.format.PlantedUtil;

/// Closes, on purpose, a cycle with the package of [PlantedUtil].
public final class PlantedRun {

  static final Class<?> FORMAT = PlantedUtil.class;

  private PlantedRun() {}

  /// Does nothing.
  public static boolean exists(boolean exists) {
    return exists;
  }
}
