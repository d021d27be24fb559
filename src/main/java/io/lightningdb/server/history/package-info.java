/// Figures of the last hours, for those who look at the service without a monitoring system beside it: `/v1/admin/history`.
///
/// One sample is taken every ten seconds by the scheduler of the service, and put into arrays that are made once. Nothing survives a restart.
@NullMarked
package io.lightningdb.server.history;

import org.jspecify.annotations.NullMarked;
