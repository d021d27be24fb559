package io.lightningdb.document;

/// Makes what a runbook is for happen.
@FunctionalInterface
interface Scene {
  /// Returns when it has happened.
  void play() throws Exception;
}
