/// The settings below `lightning.`, and what is said when the service cannot start with them.
///
/// [io.lightningdb.server.settings.LightningProperties] is the list of all settings; everything else here refuses what
/// is not on it. Read by the rest of the service; nothing here changes after the start.
@NullMarked
package io.lightningdb.server.settings;

import org.jspecify.annotations.NullMarked;
