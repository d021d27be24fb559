/// Checks everything on disk: see [io.lightningdb.engine.integrity.IntegrityCheck]. Changes nothing.
@NullMarked
package io.lightningdb.engine.integrity;

import org.jspecify.annotations.NullMarked;
