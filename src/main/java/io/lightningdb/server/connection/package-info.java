/// Connections of clients: how many there may be, and how long the service waits for the network.
///
/// A client that is slow, or silent, or gone holds nothing that others need. Idle connections are closed before the
/// last places are taken ([ClientEndpoint]). What a request waits for on the network, the rest of its body or room for
/// its answer, ends with its deadline and below a least rate, and whatever has been told to
/// [ClientConnection#whenWaiting] is given up before such a wait begins.
///
/// The classes extend those of the web server at the points that it offers for that, so that they see each wait where
/// it happens, the thread that reads or writes.
@NullMarked
package io.lightningdb.server.connection;

import org.jspecify.annotations.NullMarked;
