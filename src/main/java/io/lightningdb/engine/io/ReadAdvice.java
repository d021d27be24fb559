package io.lightningdb.engine.io;

/// How a part of a mapping is going to be read.
public enum ReadAdvice {
  /// Here and there: a page that is touched is read by itself, without what stands around it.
  RANDOM,
  /// As a whole, and soon: the pages are read in the background, so that no reader waits for each of them.
  SOON
}
