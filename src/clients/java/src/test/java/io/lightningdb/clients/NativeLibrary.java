package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.lightningdb.generated.jdk.ApiClient;
import io.lightningdb.generated.jdk.ApiException;
import io.lightningdb.generated.jdk.model.Problem;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.util.function.Consumer;
import org.junit.jupiter.api.function.Executable;

/// What the library `native`, the HTTP client of the JDK and Jackson, needs besides its calls.
final class NativeLibrary {
  private final CalledOperations called = new CalledOperations();

  CalledOperations called() {
    return called;
  }

  ApiClient client(String url) {
    return client(url, _ -> {});
  }

  /// One that accepts nothing the service has.
  ApiClient unpleasable(String url) {
    return client(url, request -> request.setHeader("Accept", "image/png"));
  }

  /// Writes what is in a file. As generated the library would send the path of the file, as JSON.
  private static final class FileContent extends JsonSerializer<File> {
    @Override
    public void serialize(File file, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      Files.copy(file.toPath(), (OutputStream) out.getOutputTarget());
    }
  }

  private ApiClient client(String url, Consumer<HttpRequest.Builder> more) {
    ApiClient client = new ApiClient();
    client.setObjectMapper(
        ApiClient.createDefaultObjectMapper()
            .registerModule(new SimpleModule().addSerializer(File.class, new FileContent())));
    client.updateBaseUri(url);
    client.setRequestInterceptor(request -> {
      // This library knows no security schemes.
      request.setHeader("Authorization", "Bearer " + PackedService.TOKEN);
      more.accept(request);
    });
    client.setResponseInterceptor(response ->
        called.add(
            response.request().method(),
            response.request().uri().getRawPath(),
            response.statusCode(),
            response.headers().firstValue("Content-Type").orElse("")));
    return client;
  }

  Problem problem(Executable call) throws Exception {
    ApiException failure = assertThrows(ApiException.class, call);
    Problem problem =
        ApiClient.createDefaultObjectMapper().readValue(failure.getResponseBody(), Problem.class);
    assertEquals(failure.getCode(), problem.getStatus());
    assertTrue(problem.getType().startsWith("/problems/"), problem.getType());
    return problem;
  }
}
