/// API tokens: what they may do, how they are written, and the file that keeps them.
///
/// A [io.lightningdb.token.TokenText] is what a client sends, a [io.lightningdb.token.Token] what is known of it: its
/// [io.lightningdb.token.Rights] and the hash of its text. [io.lightningdb.token.Tokens] are all of a database, and
/// [io.lightningdb.token.TokenFile] keeps them in the data directory, beside the files of the engine and not in it: so
/// the first token can be made before there is a database, and no token of a backup comes to life where it is restored.
/// That there were tokens is part of the database and of every backup: [io.lightningdb.token.SecuredMark].
///
/// Used by the service and by the tool `token`, which know nothing of each other. A writer of the file holds the lock
/// of the directory: the service as long as it runs, the tool otherwise. Everything here is immutable, except that the
/// file is replaced as a whole.
@NullMarked
package io.lightningdb.token;

import org.jspecify.annotations.NullMarked;
