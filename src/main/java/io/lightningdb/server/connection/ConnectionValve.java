package io.lightningdb.server.connection;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/// Tells connections when a request is served.
final class ConnectionValve extends ValveBase {

  /// Has no state.
  ConnectionValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    ClientConnection connection = ClientProtocol.connection(request.getCoyoteRequest());
    if (connection == null) {
      getNext().invoke(request, response);
      return;
    }
    connection.begin(request);
    try {
      getNext().invoke(request, response);
    } finally {
      connection.end();
    }
  }
}
