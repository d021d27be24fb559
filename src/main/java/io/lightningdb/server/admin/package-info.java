/// What operators and clients ask about the service itself: its limits and its storage.
@NullMarked
package io.lightningdb.server.admin;

import org.jspecify.annotations.NullMarked;
