/// What keeps many requests from taking the service down: how many are served at a time, how many may wait to be, and
/// how many a client may send in a second.
///
/// Requests of the API are held to it, behind the check of who sent them and before anything of a body is read. A place
/// is held only while the service works: it is given up while a request waits for the rest of its body, or for its
/// client to take the answer. What an operator needs to find out what is wrong never waits here and is never refused:
/// administration, `/v1/limits`, `/v1/caller`, Actuator. Neither are calls that free what other requests wait for
/// ([PassesGate]).
///
/// Places are shared among callers ([io.lightningdb.server.share.CallerShares]); [RequestGuard] marks each request with
/// the caller that it counts for. [RequestGate] and [ClientRates] know nothing of HTTP; [RequestGuard] connects them to
/// it. All classes are thread-safe.
@NullMarked
package io.lightningdb.server.guard;

import org.jspecify.annotations.NullMarked;
