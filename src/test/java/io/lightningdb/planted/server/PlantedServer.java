package io.lightningdb.planted.server;

/// What a tool must not use.
public final class PlantedServer {

  private PlantedServer() {}

  /// Does nothing.
  public static void start() {}
}
