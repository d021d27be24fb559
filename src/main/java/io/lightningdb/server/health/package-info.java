/// What operators and orchestrators ask: is the process alive, can it serve, is the data sound.
///
/// Each named part of health has an indicator here; `application.yaml` puts them into the groups `liveness` (the
/// process alone: neither a full disk nor a damaged block fails it), `reads` and `readiness`. The endpoints `lightning`
/// and `integrity` give figures and start checks.
@NullMarked
package io.lightningdb.server.health;

import org.jspecify.annotations.NullMarked;
