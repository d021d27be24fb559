package io.lightningdb.bench.http;

import java.nio.ByteBuffer;

/// One kind of request, with the check of its answers. *Confined to one thread.*
interface Exchange {

  /// Makes a request.
  ///
  /// @param own an empty buffer of the connection
  /// @param number which entry
  /// @return what is to be sent: this buffer, or another
  ByteBuffer request(ByteBuffer own, long number);

  /// Checks an answer.
  ///
  /// @param answer to the request for the same number
  /// @param number which entry
  /// @return false if it is not the right one
  boolean isRight(Answer answer, long number);
}
