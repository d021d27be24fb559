/// The commands of the jar: `serve`, `verify`, `dump`, `restore`, `backups` and `token`; those that talk to a running
/// service are in [io.lightningdb.tool.client].
///
/// [io.lightningdb.tool.Commands] is the way in, for [io.lightningdb.LightningDbApplication] on the main thread. A
/// command reads through the inspection classes of the engine, writes its result to standard output and everything else
/// to standard error, and says by its exit code ([io.lightningdb.tool.ExitCode]) how it went. None of them starts
/// Spring, except that `serve` calls what it was given. `verify` and `token` take the lock of their directory;
/// `restore` makes a directory, `token` replaces the file of the tokens, and nothing else here writes a file.
///
/// Everything is confined to the thread that runs the command.
@NullMarked
package io.lightningdb.tool;

import org.jspecify.annotations.NullMarked;
