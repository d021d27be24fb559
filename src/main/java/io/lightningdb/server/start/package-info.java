/// How the service starts: whether Spring puts the context together anew, or takes the one that the build has put together.
///
/// A distribution holds code that Spring has generated of the configuration (`process-aot`): it makes the beans that the configuration came to
/// when it was built, and asks no condition again. That saves a second and more of each start, and would silently pass over settings that decide
/// which beans there are. [io.lightningdb.server.start.ContextShape] knows which settings do not, and
/// [io.lightningdb.server.start.GeneratedContext] takes the ordinary way as soon as there is any other.
@NullMarked
package io.lightningdb.server.start;

import org.jspecify.annotations.NullMarked;
