/// What every request goes through, whatever it asks for: strict reading of URLs, headers and bodies, the header
/// Lightning-Version, and the settings of the web server that make unusual keys arrive unharmed.
///
/// Used by all controllers; knows none of them.
@NullMarked
package io.lightningdb.server.web;

import org.jspecify.annotations.NullMarked;
