/// What operators let the service do: read and write, read only, or nothing but administration.
///
/// `/v1/admin/mode` shows and sets the mode ([ServiceMode]). That `read-only` and `maintenance` refuse writes is the
/// engine's matter, so that no way to write can be forgotten; that `maintenance` refuses everything else, too, is that
/// of [MaintenanceGate], which every request of the API passes. The mode is not kept over a restart. Health parts:
/// `mode`, for who wants to read and write, and `maintenance`, for who wants to read. Any thread may ask for the mode.
///
/// A storage failure refuses writes in every mode; `/v1/admin/resume` ([ResumeController]) ends that once its cause is
/// mended.
@NullMarked
package io.lightningdb.server.mode;

import org.jspecify.annotations.NullMarked;
