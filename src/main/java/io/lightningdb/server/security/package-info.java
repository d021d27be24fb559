/// Who may do what: every request passes here before anything else of the service sees it.
///
/// [io.lightningdb.server.security.AccessRules] is the one table from path and method to the role that it takes; what is not in it
/// is refused. [io.lightningdb.server.security.SecurityConfiguration] puts Spring Security together from it,
/// [io.lightningdb.server.security.BearerCallers] (who is it?) and [io.lightningdb.server.security.Denials] (what is answered).
/// Where no credentials are configured, everybody is [io.lightningdb.server.security.Caller#LOCAL] and may do everything, and
/// [io.lightningdb.server.security.ListenAddress] keeps the service on the loopback address.
///
/// A new call takes a line in the table and a `security` in the OpenAPI document; `PathTableTest` names what is missing.
///
/// The rest of the service asks for [io.lightningdb.server.security.Caller#current()] where a request names keyspaces in its
/// body, lists them, or goes on with something that was begun. Everything is thread-safe.
@NullMarked
package io.lightningdb.server.security;

import org.jspecify.annotations.NullMarked;
