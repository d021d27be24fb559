/// The contract in OpenAPI 3.1 and a page to try it.
///
/// The document is written by hand, in the files of `openapi` among the resources, one a tag of calls: clients are generated from it, so it
/// says what is promised and not what the code happens to do. Tests hold code and document together in both directions.
@NullMarked
package io.lightningdb.server.openapi;

import org.jspecify.annotations.NullMarked;
