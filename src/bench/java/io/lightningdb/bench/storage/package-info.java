/// What storage costs over a long time: bytes written, read and kept for each byte of data, stalls, and the time to open.
@NullMarked
package io.lightningdb.bench.storage;

import org.jspecify.annotations.NullMarked;
