/// Calls that take the header `Idempotency-Key`: sent again, they answer again what they answered first, and do
/// nothing.
///
/// An answer is kept in a keyspace of the service's own, by the very commit that has the effect of the call: there is
/// never one without the other, whatever happens to the process. Used by controllers whose calls are one commit.
@NullMarked
package io.lightningdb.server.idempotency;

import org.jspecify.annotations.NullMarked;
