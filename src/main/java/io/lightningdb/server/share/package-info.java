/// Who may have how much of what there is for all: places, memory, things that stay open.
///
/// There is one rule for everything that clients can use up ([CallerShares]), and one name of a caller for it
/// ([ShareHolder]). Knows nothing of what is shared.
@NullMarked
package io.lightningdb.server.share;

import org.jspecify.annotations.NullMarked;
