/// Entries over HTTP: single ones here; ranges, batches, and import and export in the packages below.
///
/// Also what all of them share: keys as text ([io.lightningdb.server.keyvalue.KeyText]), the form in which a value is
/// stored together with its media type ([io.lightningdb.server.keyvalue.StoredValue]), and entries as JSON
/// ([io.lightningdb.server.keyvalue.EntryJson]).
@NullMarked
package io.lightningdb.server.keyvalue;

import org.jspecify.annotations.NullMarked;
