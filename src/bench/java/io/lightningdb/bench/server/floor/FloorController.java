package io.lightningdb.bench.server.floor;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/// Answers on the path of entries without looking at anything, and writes straight to the response as the service does: the least
/// that a controller can do.
@RestController
@Profile(FloorApplication.PROFILE)
class FloorController {
  private static final String PATH = "/v1/keyspaces/{keyspace}/entries/{key}";
  private static final int VALUE_BYTES = 100;

  private final byte[] value = new byte[VALUE_BYTES];

  FloorController() {
    Arrays.fill(value, (byte) 'v');
  }

  @GetMapping(PATH)
  void get(HttpServletResponse response) throws IOException {
    response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
    response.setContentLength(value.length);
    response.getOutputStream().write(value);
  }

  @PutMapping(PATH)
  void put(HttpServletRequest request, HttpServletResponse response) throws IOException {
    request.getInputStream().readAllBytes();
    response.setStatus(HttpStatus.ACCEPTED.value());
    response.setContentLength(0);
  }
}
