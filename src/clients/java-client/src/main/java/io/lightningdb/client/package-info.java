/**
 * A client of Lightning DB, for Java 17 and later, on the HTTP client of the JDK and Jackson.
 *
 * <p>{@link io.lightningdb.client.LightningClient} is where to begin. All exceptions that calls throw are unchecked and extend {@link
 * io.lightningdb.client.LightningException}.
 */
package io.lightningdb.client;
