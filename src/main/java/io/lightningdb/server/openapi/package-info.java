/// The contract in OpenAPI 3.1 and a page to try it.
///
/// The document is written by hand, in `openapi/lightning-v1.yaml` among the resources: clients are generated from it, so it
/// says what is promised and not what the code happens to do. Tests hold code and document together in both directions.
@NullMarked
package io.lightningdb.server.openapi;

import org.jspecify.annotations.NullMarked;
