package io.lightningdb.server.connection;

import java.io.IOException;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1 as the web server speaks it, over connections of a [ClientEndpoint]. Made by the web server, by its name.
public final class ClientProtocol extends Http11NioProtocol {
  /// Where a request of the web server keeps its connection. Lower numbers are the web server's own.
  private static final int NOTE = 20;

  private final ClientEndpoint clients;

  /// Called by the web server.
  public ClientProtocol() {
    this(new ClientEndpoint());
  }

  private ClientProtocol(ClientEndpoint clients) {
    super(clients);
    this.clients = clients;
  }

  /// The connections.
  ///
  /// @return accepts them
  ClientEndpoint clients() {
    return clients;
  }

  /// The connection of a request.
  ///
  /// @param request as the web server knows it
  /// @return null if it came over another protocol
  static @Nullable ClientConnection connection(Request request) {
    return request.getNote(NOTE) instanceof ClientConnection connection ? connection : null;
  }

  @Override
  protected Processor createProcessor() {
    return new ClientProcessor(this);
  }

  /// Has each request know its connection.
  private static final class ClientProcessor extends Http11Processor {
    ClientProcessor(ClientProtocol protocol) {
      super(protocol, protocol.adapter);
    }

    @Override
    public AbstractEndpoint.Handler.SocketState service(SocketWrapperBase<?> socket)
        throws IOException {
      request.setNote(NOTE, socket);
      return super.service(socket);
    }
  }
}
