/// The load generator of the benchmark over HTTP: requests, their answers, and how both are timed.
///
/// [io.lightningdb.bench.http.LoadLoop] drives all connections of a phase from one thread that waits in one selector, and each
/// connection has one request under way. The generator shares the processors with the server, so it does little for a request: it
/// copies a prepared request with another key into a buffer, and of an answer it reads the status, the length and the places that
/// tell whether it is the right one. It allocates nothing for a request. The report says what it took of the processors.
///
/// An [io.lightningdb.bench.http.Exchange] is one kind of request with the check of its answers; a wrong answer ends the phase.
@NullMarked
package io.lightningdb.bench.http;

import org.jspecify.annotations.NullMarked;
