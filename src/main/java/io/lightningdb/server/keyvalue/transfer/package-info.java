/// Bulk import and export of entries, with memory that does not grow with their number.
///
/// An import is read line by line ([io.lightningdb.server.keyvalue.transfer.ImportSource]) and written in commits of
/// many lines ([io.lightningdb.server.keyvalue.transfer.ImportService]). Lines are acknowledged only when the commit
/// that holds them has returned. An export is what an import reads.
@NullMarked
package io.lightningdb.server.keyvalue.transfer;

import org.jspecify.annotations.NullMarked;
