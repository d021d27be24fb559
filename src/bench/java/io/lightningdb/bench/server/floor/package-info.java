/// The floor that the service is compared with: an empty controller of Spring MVC, with the libraries and settings of the service.
@NullMarked
package io.lightningdb.bench.server.floor;

import org.jspecify.annotations.NullMarked;
