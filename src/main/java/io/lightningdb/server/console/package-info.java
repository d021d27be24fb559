/// Hands out the console: the page for people that is made in `src/console` and lies in the jar. It is made of files alone; all it shows and
/// does goes through calls that any client may make.
@NullMarked
package io.lightningdb.server.console;

import org.jspecify.annotations.NullMarked;
