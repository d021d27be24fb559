package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.ToNumberPolicy;
import io.lightningdb.generated.common.ApiClient;
import io.lightningdb.generated.common.ApiException;
import io.lightningdb.generated.common.JSON;
import io.lightningdb.generated.common.model.Problem;
import java.util.List;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.function.Executable;

/// What the library that the generator takes by default, OkHttp and Gson, needs besides its calls.
final class DefaultLibrary {
  private final CalledOperations called = new CalledOperations();

  DefaultLibrary() {
    // As generated every number of an untyped value becomes a double.
    JSON.setGson(
        JSON.getGson()
            .newBuilder()
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
            .create());
  }

  CalledOperations called() {
    return called;
  }

  ApiClient client(String url) {
    return client(url, List.of(this::note));
  }

  /// One that accepts nothing the service has.
  ApiClient unpleasable(String url) {
    return client(
        url,
        List.of(
            chain ->
                chain.proceed(chain.request().newBuilder().header("Accept", "image/png").build()),
            this::note));
  }

  private ApiClient client(String url, List<Interceptor> interceptors) {
    ApiClient client = new ApiClient();
    interceptors.forEach(interceptor ->
        client.setHttpClient(
            client.getHttpClient().newBuilder().addInterceptor(interceptor).build()));
    client.setBasePath(url);
    client.setBearerToken(PackedService.TOKEN);
    return client;
  }

  private Response note(Interceptor.Chain chain) throws java.io.IOException {
    Request request = chain.request();
    Response response = chain.proceed(request);
    called.add(
        request.method(),
        request.url().encodedPath(),
        response.code(),
        response.header("Content-Type", ""));
    return response;
  }

  Problem problem(Executable call) throws Exception {
    ApiException failure = assertThrows(ApiException.class, call);
    Problem problem = Problem.fromJson(failure.getResponseBody());
    assertEquals(failure.getCode(), problem.getStatus());
    assertTrue(problem.getType().startsWith("/problems/"), problem.getType());
    return problem;
  }
}
