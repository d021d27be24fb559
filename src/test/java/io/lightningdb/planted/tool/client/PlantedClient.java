package io.lightningdb.planted.tool.client;

import io.lightningdb.planted.server.PlantedServer;

/// Breaks, on purpose: the rule that a client needs little.
final class PlantedClient {
  private PlantedClient() {}

  static void asks() {
    PlantedServer.start();
  }
}
