package io.lightningdb.engine.repair;

/// What becomes of the older state of keys whose newer state is lost.
public enum OlderState {
  /// It is given up too, so that nothing is served that may be out of date: the keys are absent.
  REMOVE,
  /// It is shown: keys may be as they were once, and deleted ones may be back.
  SHOW
}
