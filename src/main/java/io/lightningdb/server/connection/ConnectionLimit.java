package io.lightningdb.server.connection;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.File;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many connections clients may hold at a time, so that there are always descriptors left for the engine: each
/// takes one, and what they take the log and the runs cannot have. What they keep on the heap is bounded, too: 19 KB
/// for a silent one, a hundred for one with half a request.
final class ConnectionLimit {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimit.class);

  /// Descriptors that connections leave: those that the engine keeps, segments and runs being written, calls to object
  /// stores and identity providers, and the files of the service.
  static final int LEFT = 100;

  // Of each jar of the class path, which is opened when a class is first looked for in it.
  private static final int JARS =
      System.getProperty("java.class.path", "").split(File.pathSeparator).length;

  private static final int CONNECTIONS_MIN = 16;

  // What connections may keep on the heap together, and what one keeps between silence and half a
  // request.
  private static final int HEAP_PARTS = 8;
  private static final int HEAP_BYTES_EACH = 64 << 10;

  private ConnectionLimit() {}

  /// Bounds a number of connections by the heap, of which they may keep an eighth.
  ///
  /// @param wanted as configured
  /// @return at most as many, at least one
  static int withinHeap(int wanted) {
    long heapBytesMax = Runtime.getRuntime().maxMemory();
    int connections = withinHeap(wanted, heapBytesMax);
    if (connections < wanted) {
      LOG.info(
          "At most {} connections at a time, not {}: the heap has at most {} bytes",
          connections,
          wanted,
          heapBytesMax);
    }
    return connections;
  }

  /// Bounds a number of connections.
  ///
  /// @param wanted as configured
  /// @param heapBytesMax how much the heap may hold
  static int withinHeap(int wanted, long heapBytesMax) {
    long fitting = heapBytesMax / HEAP_PARTS / HEAP_BYTES_EACH;
    return Math.toIntExact(Math.min(wanted, Math.max(CONNECTIONS_MIN, fitting)));
  }

  /// Bounds a number of connections by the limit of open files that the process was started with.
  ///
  /// @param wanted as configured
  /// @param managementMax how many a management port of its own may have besides
  /// @return at most as many, at least one
  static int within(int wanted, int managementMax) {
    if (!(ManagementFactory.getOperatingSystemMXBean()
        instanceof UnixOperatingSystemMXBean system)) {
      return wanted;
    }
    long files = system.getMaxFileDescriptorCount();
    long taken = system.getOpenFileDescriptorCount() + JARS + managementMax;
    int connections = within(wanted, files, taken);
    if (connections < wanted) {
      LOG.info(
          "At most {} connections at a time, not {}: the process may have {} files open",
          connections,
          wanted,
          files);
    }
    return connections;
  }

  /// Bounds a number of connections.
  ///
  /// @param wanted as configured
  /// @param filesMax how many files the process may have open
  /// @param filesOpen how many it has open, or will have
  static int within(int wanted, long filesMax, long filesOpen) {
    long left = filesMax - filesOpen - LEFT;
    return Math.toIntExact(Math.min(wanted, Math.max(CONNECTIONS_MIN, left)));
  }
}
