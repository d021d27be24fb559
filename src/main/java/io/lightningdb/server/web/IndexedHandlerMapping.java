package io.lightningdb.server.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/// Finds the method that answers a request by the method, length and fixed segments of its path. Spring tries every
/// mapping that there is, which took a quarter of the time of a small request.
///
/// What is found here is what Spring would find: the index only leaves out mappings that cannot match. Where not
/// exactly one matches, Spring itself looks, compares and says what is wrong.
///
/// *Thread-safe:* the index is replaced whole.
final class IndexedHandlerMapping extends RequestMappingHandlerMapping {
  private static final int ORDER = -200;

  private volatile Index index = new Index(Map.of());

  /// Called by Spring.
  IndexedHandlerMapping() {}

  /// The mappings by shape. Those whose pattern varies in length are in a list of every method that they answer.
  private record Index(Map<Shape, List<Candidate>> candidates) {
    List<Candidate> of(String method, int elements) {
      return candidates.getOrDefault(new Shape(method, elements), List.of());
    }
  }

  /// What is compared first.
  ///
  /// @param method of HTTP
  /// @param elements number of segments and slashes of the path, or [#ANY_LENGTH]
  private record Shape(String method, int elements) {
    static final int ANY_LENGTH = -1;
  }

  /// A mapping.
  ///
  /// @param info its conditions
  /// @param handler who answers
  /// @param literals elements of the path that must be as they are here; empty texts where anything may be
  private record Candidate(RequestMappingInfo info, HandlerMethod handler, List<String> literals) {
    boolean mayMatch(List<PathContainer.Element> path) {
      for (int i = 0; i < literals.size(); i++) {
        String literal = literals.get(i);
        if (!literal.isEmpty() && !literal.equals(text(path.get(i)))) {
          return false;
        }
      }
      return true;
    }

    private static String text(PathContainer.Element element) {
      return element instanceof PathContainer.PathSegment segment
          ? segment.valueToMatch()
          : element.value();
    }
  }

  /// Before the mapping of Actuator, which would try all of its own calls first and each of them twice.
  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  protected void handlerMethodsInitialized(Map<RequestMappingInfo, HandlerMethod> all) {
    super.handlerMethodsInitialized(all);
    Map<Shape, List<Candidate>> candidates = new HashMap<>();
    all.forEach((info, handler) -> add(info, handler, candidates));
    index = new Index(Map.copyOf(candidates));
  }

  private static void add(
      RequestMappingInfo info, HandlerMethod handler, Map<Shape, List<Candidate>> candidates) {
    Set<RequestMethod> declared = info.getMethodsCondition().getMethods();
    Collection<RequestMethod> methods =
        declared.isEmpty() ? List.of(RequestMethod.values()) : declared;
    for (String pattern : info.getPatternValues()) {
      List<String> literals = literals(pattern);
      int elements = literals.isEmpty() ? Shape.ANY_LENGTH : literals.size();
      for (RequestMethod method : methods) {
        candidates
            .computeIfAbsent(new Shape(method.name(), elements), _ -> new ArrayList<>())
            .add(new Candidate(info, handler, literals));
      }
    }
  }

  /// The fixed elements of a pattern.
  ///
  /// @return nothing if the pattern does not tell how many there are
  private static List<String> literals(String pattern) {
    List<String> literals = new ArrayList<>();
    for (PathContainer.Element element : PathContainer.parsePath(pattern).elements()) {
      String text = element.value();
      if (text.contains("*") || text.contains("?")) {
        return List.of();
      }
      literals.add(text.contains("{") ? "" : text);
    }
    return literals;
  }

  @Override
  protected @Nullable HandlerMethod lookupHandlerMethod(
      String lookupPath, HttpServletRequest request) throws Exception {
    List<PathContainer.Element> path =
        ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication().elements();
    Index now = index;
    Match match = new Match(request, path);
    match.tryAll(now.of(request.getMethod(), path.size()));
    match.tryAll(now.of(request.getMethod(), Shape.ANY_LENGTH));
    Candidate only = match.only();
    if (only == null) {
      return super.lookupHandlerMethod(lookupPath, request);
    }
    request.setAttribute(BEST_MATCHING_HANDLER_ATTRIBUTE, only.handler());
    handleMatch(only.info(), lookupPath, request);
    return only.handler();
  }

  /// What matches a request. *Confined to one thread.*
  private static final class Match {
    private final HttpServletRequest request;
    private final List<PathContainer.Element> path;
    private @Nullable Candidate found;
    private int count;

    Match(HttpServletRequest request, List<PathContainer.Element> path) {
      this.request = request;
      this.path = path;
    }

    void tryAll(List<Candidate> candidates) {
      for (Candidate candidate : candidates) {
        RequestMappingInfo info =
            candidate.mayMatch(path) ? candidate.info().getMatchingCondition(request) : null;
        if (info != null) {
          found = new Candidate(info, candidate.handler(), candidate.literals());
          count++;
        }
      }
    }

    @Nullable Candidate only() {
      return count == 1 ? found : null;
    }
  }
}
