package io.lightningdb.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/// The index finds what Spring finds, and fails as Spring fails.
class IndexedHandlerMappingTest {
  private static final List<String> TOLD_ABOUT_A_MATCH =
      List.of(
          HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE,
          HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE,
          HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE,
          HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);

  private final RequestMappingHandlerMapping spring = started(new RequestMappingHandlerMapping());
  private final RequestMappingHandlerMapping indexed = started(new IndexedHandlerMapping());

  @Controller
  static class Calls {
    @GetMapping("/v1/{keyspace}/entries/{key}")
    void entry() {}

    @DeleteMapping("/v1/{keyspace}/entries/{key}")
    void deleteEntry() {}

    @GetMapping("/v1/{keyspace}/entries:count")
    void count() {}

    @GetMapping("/v1/{keyspace}/{what}")
    void anything() {}

    @GetMapping("/v1/limits/{what:[a-z]+}")
    void limit() {}

    @PostMapping(path = "/v1/{keyspace}/entries/{key}", consumes = "application/json")
    void postJson() {}

    @PostMapping(path = "/v1/{keyspace}/entries/{key}", consumes = "text/plain")
    void postText() {}

    @GetMapping(path = "/v1/pages/{page}", produces = "text/html")
    void page() {}

    @GetMapping("/files/**")
    void files() {}

    @GetMapping({"/files/one/{part}", "/files/first/{part}"})
    void file() {}

    @RequestMapping("/error")
    void error() {}

    @RequestMapping(
        path = "/either",
        method = {RequestMethod.PUT, RequestMethod.PATCH})
    void either() {}
  }

  private static RequestMappingHandlerMapping started(RequestMappingHandlerMapping mapping) {
    StaticWebApplicationContext context = new StaticWebApplicationContext();
    context.registerSingleton("calls", Calls.class);
    context.refresh();
    mapping.setApplicationContext(context);
    mapping.afterPropertiesSet();
    return mapping;
  }

  /// What a mapping makes of a request: the method that answers it and what is known of the match, or the failure.
  private static Map<String, String> outcome(
      RequestMappingHandlerMapping mapping, MockHttpServletRequest request) {
    ServletRequestPathUtils.parseAndCache(request);
    Map<String, String> outcome = new TreeMap<>();
    try {
      HandlerExecutionChain chain = mapping.getHandler(request);
      String method =
          chain != null && chain.getHandler() instanceof HandlerMethod found
              ? found.getMethod().getName()
              : "none";
      outcome.put("method", method);
    } catch (Exception e) {
      outcome.put("failure", e.toString());
    }
    TOLD_ABOUT_A_MATCH.forEach(
        name -> outcome.put(name, String.valueOf(request.getAttribute(name))));
    return outcome;
  }

  private static MockHttpServletRequest request(String method, String path, String type) {
    MockHttpServletRequest request = new MockHttpServletRequest(method, path);
    request.addHeader("Accept", "application/json, text/plain");
    if (!type.isEmpty()) {
      request.setContentType(type);
    }
    return request;
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/a/entries/b, '', entry",
    "GET, /v1/a/entries/%2F%3B, '', entry",
    "GET, /v1/a/%65ntries/b, '', entry",
    "GET, /v1/a/entries/b;c=d, '', entry",
    "GET, /v1/a/entries/, '', ''",
    "GET, /v1/a/entries, '', anything",
    "GET, /v1/a/entries:count, '', count",
    "GET, /v1/a/entries%3Acount, '', count",
    "GET, /v1/limits/keys, '', limit",
    "GET, /v1/limits/KEYS, '', anything",
    "HEAD, /v1/a/entries/b, '', entry",
    "OPTIONS, /v1/a/entries/b, '', handle",
    "DELETE, /v1/a/entries/b, '', deleteEntry",
    "PUT, /v1/a/entries/b, '', ''",
    "POST, /v1/a/entries/b, application/json, postJson",
    "POST, /v1/a/entries/b, text/plain, postText",
    "POST, /v1/a/entries/b, image/png, ''",
    "GET, /v1/pages/b, '', anything",
    "GET, /files/a/b/c, '', files",
    "GET, /files/one/b, '', file",
    "GET, /files/first/b, '', file",
    "GET, /error, '', error",
    "PATCH, /error, '', error",
    "PATCH, /either, '', either",
    "GET, /either, '', ''",
    "GET, /, '', ''",
    "GET, //v1/a/entries/b, '', ''",
    "BREW, /v1/a/entries/b, '', ''"
  })
  void findsWhatSpringFinds(String method, String path, String type, String expected) {
    Map<String, String> found = outcome(indexed, request(method, path, type));

    assertThat(found).isEqualTo(outcome(spring, request(method, path, type)));
    if (!expected.isEmpty()) {
      assertThat(found).containsEntry("method", expected);
    }
  }
}
