/// Online backups of a database, the catalogue that knows them, and restoring one into an empty directory.
///
/// A backup is the state of the manifest at one moment, the run files that it names, and the commits of the log up to
/// one version: [io.lightningdb.engine.backup.BackupJob] copies them to a [io.lightningdb.engine.backup.BackupTarget],
/// and writes the entry of the catalogue last. Runs are immutable, so an incremental backup copies only those that its
/// parent has not. [io.lightningdb.engine.backup.Restore] makes a directory of it again, offline.
///
/// `Database.backup` is the way in for those who have a database open; everything else here works on targets alone.
/// Each operation runs on the thread of its caller.
@NullMarked
package io.lightningdb.engine.backup;

import org.jspecify.annotations.NullMarked;
