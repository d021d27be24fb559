/// What becomes of failures that no caller is there for: threads that die, and memory that is exhausted.
///
/// [io.lightningdb.server.failure.UncaughtFailures] is the default handler of the process, which the entry point
/// installs, and ends a process that has met an [OutOfMemoryError], whichever of its threads has.
/// [io.lightningdb.server.failure.LoggedOutOfMemory] tells it of those that a library has caught and logged.
@NullMarked
package io.lightningdb.server.failure;

import org.jspecify.annotations.NullMarked;
