/// Tests of what an operator gets: the chart in `helm/`, the settings in `config/`, the pages in `runbooks/`.
///
/// They read files and render the chart; none needs a running server or a cluster. Chart templates are rendered by
/// the Helm library itself and parsed strictly into the Kubernetes model, so a field that Kubernetes does not know
/// fails here and not in a cluster.
@NullMarked
package io.lightningdb.deployment;

import org.jspecify.annotations.NullMarked;
