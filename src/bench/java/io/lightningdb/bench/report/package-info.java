/// What becomes of the figures: medians over the rounds, a table, a JSON file, and charts.
@NullMarked
package io.lightningdb.bench.report;

import org.jspecify.annotations.NullMarked;
