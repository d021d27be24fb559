/// Every byte that the engine writes: see `README.md` beside this file.
///
/// One class a structure. Encoders check what decoders check. Nothing here does I/O or keeps state beyond the buffer it
/// works on; classes are confined to one thread at a time unless they are immutable.
@NullMarked
package io.lightningdb.engine.format;

import org.jspecify.annotations.NullMarked;
