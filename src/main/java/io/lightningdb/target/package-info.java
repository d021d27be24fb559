/// Places where backups are kept, by the address that an operator gives them: a directory, or `s3://bucket/prefix` in any store
/// that speaks the protocol of S3.
///
/// [io.lightningdb.target.TargetAddress] reads an address and opens it as a
/// [io.lightningdb.engine.backup.BackupTarget]; the service and the tools do so in the same way. The store is reached through
/// the client of the AWS SDK, on the thread of the caller and with bounded memory, waits and attempts; nothing outside this
/// package knows of that client. Whatever the store refuses, or does not do in time, is a
/// [io.lightningdb.target.ObjectStoreException], which says why and what to do, and never holds a secret.
@NullMarked
package io.lightningdb.target;

import org.jspecify.annotations.NullMarked;
