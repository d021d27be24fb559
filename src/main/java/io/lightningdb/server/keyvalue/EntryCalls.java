package io.lightningdb.server.keyvalue;

import io.lightningdb.server.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerAdapter;
import org.springframework.web.servlet.ModelAndView;

/// Calls methods of controllers that take an [EntryAddress] and write their answer themselves. For methods of any form,
/// Spring makes binders, models and a response that can be finished by another thread, for each request; none of it can
/// be seen from these.
///
/// *Thread-safe.*
@Component
final class EntryCalls implements HandlerAdapter, Ordered {
  private static final int BEFORE_SPRING = 0;

  private final EntryAddressArgument addresses;

  // One for each method that answers requests, so there are only so many. Empty for those that are
  // Spring's to call.
  private final Map<Method, List<Argument>> arguments = new ConcurrentHashMap<>();

  /// Called by Spring.
  ///
  /// @param addresses finds what a path names
  EntryCalls(EntryAddressArgument addresses) {
    this.addresses = addresses;
  }

  /// What such a method can take.
  private enum Argument {
    ADDRESS(EntryAddress.class),
    QUERY(Query.class),
    REQUEST(HttpServletRequest.class),
    RESPONSE(HttpServletResponse.class);

    private final Class<?> type;

    Argument(Class<?> type) {
      this.type = type;
    }

    /// All of them that a method takes.
    ///
    /// @return nothing if it takes something else too, or answers by what it returns
    static List<Argument> of(Method method) {
      List<Argument> all = new ArrayList<>();
      for (Class<?> type : method.getParameterTypes()) {
        of(type).ifPresent(all::add);
      }
      boolean direct =
          method.getReturnType() == void.class
              && all.size() == method.getParameterCount()
              && all.contains(ADDRESS)
              && all.contains(RESPONSE);
      return direct ? List.copyOf(all) : List.of();
    }

    private static Optional<Argument> of(Class<?> type) {
      for (Argument argument : values()) {
        if (argument.type == type) {
          return Optional.of(argument);
        }
      }
      return Optional.empty();
    }
  }

  @Override
  public int getOrder() {
    return BEFORE_SPRING;
  }

  @Override
  public boolean supports(Object handler) {
    return handler instanceof HandlerMethod call && !arguments(call).isEmpty();
  }

  private List<Argument> arguments(HandlerMethod call) {
    return arguments.computeIfAbsent(call.getMethod(), Argument::of);
  }

  @Override
  public @Nullable ModelAndView handle(
      HttpServletRequest request, HttpServletResponse response, Object handler) throws Exception {
    HandlerMethod call = (HandlerMethod) handler;
    List<Argument> taken = arguments(call);
    Object[] values = new Object[taken.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (taken.get(i)) {
            case ADDRESS -> addresses.address(request);
            case QUERY -> Query.of(request);
            case REQUEST -> request;
            case RESPONSE -> response;
          };
    }
    invoke(call, values);
    // The answer has been written.
    return null;
  }

  private static void invoke(HandlerMethod call, Object[] values) throws Exception {
    try {
      call.getMethod().invoke(call.getBean(), values);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case Exception failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw e;
      }
    }
  }
}
