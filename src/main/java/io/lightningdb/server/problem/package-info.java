/// What every error becomes: `application/problem+json` (RFC 9457) with a stable type, and a page that explains it.
///
/// [io.lightningdb.server.problem.ProblemType] is the list of all types. Code that finds something wrong throws
/// [io.lightningdb.server.problem.ProblemException]; everything else is translated in one place,
/// [io.lightningdb.server.problem.ProblemTranslation], and written in one place, [io.lightningdb.server.problem.ProblemWriter].
/// Used by all of the service.
@NullMarked
package io.lightningdb.server.problem;

import org.jspecify.annotations.NullMarked;
