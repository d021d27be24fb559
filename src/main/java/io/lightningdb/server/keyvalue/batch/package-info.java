/// Many entries in one request: batches of writes and reads, atomic or not, and reads of many keys at one snapshot.
@NullMarked
package io.lightningdb.server.keyvalue.batch;

import org.jspecify.annotations.NullMarked;
