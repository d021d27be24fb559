package io.lightningdb.server.connection;

import io.lightningdb.server.trace.LibraryLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.tomcat.util.collections.SynchronizedStack;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketProcessorBase;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/// Accepts connections, and keeps room for those who speak: as the number nears its bound, the connections that have
/// been silent for longest are closed. The web server would accept no more until one of them ends.
final class ClientEndpoint extends NioEndpoint {
  private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();

  private @Nullable ConnectionBounds bounds;
  private @Nullable ConnectionEnds ends;
  private Predicate<InetAddress> exempt = _ -> false;

  /// Called by the web server.
  ClientEndpoint() {
    // Counted here, and never waited for.
    setMaxConnections(-1);
  }

  /// Says what connections are held to; called once, before any is accepted.
  ///
  /// @param limits how many, and how fast
  /// @param unbounded addresses that may have as many connections as there are
  /// @param closed takes why connections are closed
  void hold(ConnectionBounds limits, Predicate<InetAddress> unbounded, ConnectionEnds closed) {
    this.bounds = limits;
    this.exempt = unbounded;
    this.ends = closed;
  }

  @Override
  protected boolean setSocketOptions(SocketChannel socket) {
    ConnectionBounds limits = bounds;
    ConnectionEnds closed = ends;
    if (limits == null || closed == null) {
      throw new IllegalStateException("a connection was accepted before the bounds were known");
    }
    try {
      InetAddress address = ((InetSocketAddress) socket.getRemoteAddress()).getAddress();
      ConnectionEnd refused = makeRoom(address, limits, closed);
      if (refused != null) {
        closed.add(refused, address.getHostAddress(), "There was no room for a new one.");
        destroySocket(socket);
        return false;
      }
      register(socket, address, limits, closed);
      return true;
    } catch (IOException | RuntimeException e) {
      getLog().debug("The client did not wait until its connection was accepted", e);
      // Closed by the caller if it is known by now.
      if (!connections.containsKey(socket)) {
        destroySocket(socket);
      }
      return false;
    }
  }

  @Override
  protected SocketProcessorBase<NioChannel> createSocketProcessor(
      SocketWrapperBase<NioChannel> connection, SocketEvent event) {
    return new SocketProcessor(connection, event) {
      @Override
      protected void doRun() {
        LibraryLines.whileServing(super::doRun);
      }
    };
  }

  /// As the web server does it, with a connection of our own.
  private void register(
      SocketChannel socket, InetAddress address, ConnectionBounds limits, ConnectionEnds closed)
      throws IOException {
    SynchronizedStack<NioChannel> spare = getNioChannels();
    NioChannel channel = spare == null ? null : spare.pop();
    if (channel == null) {
      channel =
          createChannel(
              new SocketBufferHandler(
                  socketProperties.getAppReadBufSize(),
                  socketProperties.getAppWriteBufSize(),
                  socketProperties.getDirectBuffer()));
    }
    ClientConnection connection = new ClientConnection(channel, this, address, limits, closed);
    channel.reset(socket, connection);
    connections.put(socket, connection);
    perAddress.merge(address, 1, Integer::sum);
    socket.configureBlocking(false);
    socketProperties.setProperties(socket.socket());
    connection.setReadTimeout(getConnectionTimeout());
    connection.setWriteTimeout(getConnectionTimeout());
    connection.setKeepAliveLeft(getMaxKeepAliveRequests());
    getPoller().register(connection);
  }

  /// Closes idle connections if need be.
  ///
  /// @return why there is no room all the same, or null
  private @Nullable ConnectionEnd makeRoom(
      InetAddress address, ConnectionBounds limits, ConnectionEnds closed) {
    if (!exempt.test(address)
        && perAddress.getOrDefault(address, 0) >= limits.perAddressMax()
        && closeIdle(1, each -> each.address().equals(address), ConnectionEnd.PER_ADDRESS, closed)
            == 0) {
      return ConnectionEnd.PER_ADDRESS;
    }
    int open = connections.size();
    if (open < limits.nearMax()) {
      return null;
    }
    // Some more than needed, so that not each new connection looks at all.
    int more = Math.max(1, limits.openMax() / 64);
    closeIdle(open - limits.nearMax() + more, _ -> true, ConnectionEnd.IDLE, closed);
    return connections.size() < limits.openMax() ? null : ConnectionEnd.ALL_IN_USE;
  }

  private int closeIdle(
      int most, Predicate<ClientConnection> which, ConnectionEnd why, ConnectionEnds closed) {
    List<ClientConnection> quiet =
        connections.values().stream()
            .map(ClientConnection.class::cast)
            .filter(each -> !each.isBusy() && which.test(each))
            .sorted(Comparator.comparingLong(ClientConnection::quietSinceNanos))
            .limit(most)
            .toList();
    int count = 0;
    for (ClientConnection each : quiet) {
      if (each.closeIfIdle()) {
        count++;
        closed.add(why, each.address().getHostAddress(), "It was idle, and others need the room.");
      }
    }
    return count;
  }

  /// Forgets a connection that was closed.
  ///
  /// @param address whose it was
  void forget(InetAddress address) {
    perAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }

  /// Connections that are open.
  ///
  /// @return as of now
  int open() {
    return connections.size();
  }

  /// Connections on which a request is served.
  ///
  /// @return as of now
  long busy() {
    return connections.values().stream().filter(each -> each.getLock().isLocked()).count();
  }
}
