package io.lightningdb.server.problem;

import io.lightningdb.server.web.HtmlPage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// Explains the types of problems, as JSON and, for those who ask for it, as HTML.
@RestController
class ProblemPageController {

  /// Called by Spring.
  ProblemPageController() {}

  /// What a type means.
  ///
  /// @param type path that identifies the type
  /// @param title what happened, in a few words
  /// @param status HTTP status that it is answered with
  /// @param meaning what happened
  /// @param remedy what to do
  /// @param retryable whether the same request may succeed later
  record Page(
      String type, String title, int status, String meaning, String remedy, boolean retryable) {

    private static Page of(ProblemType type) {
      return new Page(
          type.path(),
          type.title(),
          type.status(),
          type.meaning(),
          type.remedy(),
          type.isRetryable());
    }

    private String toHtml() {
      return """
      <h1>%s</h1>
      <p>Status %d, <code>%s</code></p>
      <h2>What happened</h2>
      <p>%s</p>
      <h2>What to do</h2>
      <p>%s</p>
      """
          .formatted(
              HtmlPage.escape(title),
              status,
              HtmlPage.escape(type),
              HtmlPage.prose(meaning),
              HtmlPage.prose(remedy));
    }
  }

  /// All types.
  ///
  /// @param problems one page each
  record Pages(List<Page> problems) {}

  /// Lists all types as JSON.
  ///
  /// @return all types
  @GetMapping(path = "/problems", produces = MediaType.APPLICATION_JSON_VALUE)
  Pages list() {
    return new Pages(Arrays.stream(ProblemType.values()).map(Page::of).toList());
  }

  /// Lists all types as HTML.
  ///
  /// @return a page with links
  @GetMapping(path = "/problems", produces = MediaType.TEXT_HTML_VALUE)
  String listAsHtml() {
    Map<Integer, List<ProblemType>> byStatus =
        Arrays.stream(ProblemType.values())
            .collect(Collectors.groupingBy(ProblemType::status, TreeMap::new, Collectors.toList()));
    StringBuilder groups = new StringBuilder("<h1>Problems</h1>\n");
    byStatus.forEach((status, types) -> groups.append(group(status, types)));
    return HtmlPage.of("Problems", groups.toString());
  }

  private static String group(int status, List<ProblemType> types) {
    HttpStatus known = HttpStatus.resolve(status);
    String items =
        types.stream()
            .map(type ->
                "<li><a href=\"%s\">%s</a>: %s</li>"
                    .formatted(type.path(), type.slug(), HtmlPage.escape(type.title())))
            .collect(Collectors.joining("\n"));
    return "<h2>%d %s</h2>\n<ul>\n%s\n</ul>\n"
        .formatted(status, known == null ? "" : known.getReasonPhrase(), items);
  }

  /// Explains one type as JSON.
  ///
  /// @param name its name in kebab case
  /// @return the explanation
  @GetMapping(path = "/problems/{name}", produces = MediaType.APPLICATION_JSON_VALUE)
  Page explain(@PathVariable("name") String name) {
    return Page.of(type(name));
  }

  /// Explains one type as HTML.
  ///
  /// @param name its name in kebab case
  /// @return a page
  @GetMapping(path = "/problems/{name}", produces = MediaType.TEXT_HTML_VALUE)
  String explainAsHtml(@PathVariable("name") String name) {
    ProblemType type = type(name);
    return HtmlPage.of(
        type.title(), Page.of(type).toHtml() + "<p><a href=\"/problems\">All problems</a></p>\n");
  }

  private static ProblemType type(String name) {
    return ProblemType.find(name)
        .orElseThrow(() ->
            Problem.of(
                    ProblemType.PATH_NOT_FOUND,
                    "There is no problem type with this name; see /problems.")
                .asException());
  }
}
