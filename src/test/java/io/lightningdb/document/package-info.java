/// Tests of the pages that users read: links lead somewhere, commands run and print what the page shows, tables are
/// those of the code.
@NullMarked
package io.lightningdb.document;

import org.jspecify.annotations.NullMarked;
