/// Tests of the places where backups are kept, and the object store that they and others start.
@NullMarked
package io.lightningdb.target;

import org.jspecify.annotations.NullMarked;
