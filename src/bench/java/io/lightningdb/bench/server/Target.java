package io.lightningdb.bench.server;

import io.lightningdb.bench.http.Workload;

/// What is asked over HTTP.
public enum Target {
  /// The service.
  LIGHTNING("Lightning DB"),

  /// An empty controller with the libraries of the service, its settings of the web server, and metrics of requests, but without
  /// security.
  FLOOR("floor"),

  /// The same without metrics of requests.
  BARE_FLOOR("floor, no metrics"),

  /// etcd through its gateway, which takes JSON with keys and values in base64.
  ETCD("etcd");

  private final String title;

  Target(String title) {
    this.title = title;
  }

  /// Its name in tables and charts.
  ///
  /// @return a few words
  public String title() {
    return title;
  }

  /// Whether it is asked for a workload.
  ///
  /// @param workload any
  /// @return false if there is nothing to compare
  public boolean offers(Workload workload) {
    return switch (this) {
      case LIGHTNING -> true;
      case FLOOR, BARE_FLOOR -> workload == Workload.GET || workload == Workload.PUT_LOGGED;
      case ETCD -> workload == Workload.GET || workload == Workload.PUT_SYNCED;
    };
  }

  /// Whether the benchmark's probe runs in it.
  ///
  /// @return false for what is not a JVM
  boolean hasProbe() {
    return this != ETCD;
  }
}
