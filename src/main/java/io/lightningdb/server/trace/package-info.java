/// What single requests did: a log of the slow ones and, where a collector is named, traces.
///
/// Neither ever holds a key or a value: requests are known by the pattern of their path. Called by Spring. Without a
/// collector nothing of the tracing libraries is started.
@NullMarked
package io.lightningdb.server.trace;

import org.jspecify.annotations.NullMarked;
