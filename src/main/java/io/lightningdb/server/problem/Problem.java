package io.lightningdb.server.problem;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// One error as it is answered. Immutable.
///
/// @param type its kind
/// @param detail what happened this time, in sentences
/// @param members further members of the JSON, in order
/// @param headers headers of the answer
public record Problem(
    ProblemType type, String detail, Map<String, Object> members, Map<String, String> headers) {

  /// Keeps copies that cannot be changed, in their order.
  public Problem {
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /// A problem without further members and headers.
  ///
  /// @param type its kind
  /// @param detail what happened this time, in sentences
  /// @return the problem
  public static Problem of(ProblemType type, String detail) {
    return new Problem(type, detail, Map.of(), Map.of());
  }

  /// This problem in other words.
  ///
  /// @param words what happened this time, in sentences
  /// @return a changed copy
  Problem withDetail(String words) {
    return new Problem(type, words, members, headers);
  }

  /// This problem with one more member.
  ///
  /// @param name name of the member
  /// @param value a string, number, boolean, or a list or map of these
  /// @return a changed copy
  public Problem with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(members);
    more.put(name, value);
    return new Problem(type, detail, more, headers);
  }

  /// This problem with one more header.
  ///
  /// @param name name of the header
  /// @param value its value
  /// @return a changed copy
  public Problem withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Problem(type, detail, members, more);
  }

  /// This problem with the bound that was passed and the value that passed it.
  ///
  /// @param limit the nearest value allowed
  /// @param actual the value met
  /// @return a changed copy
  public Problem withLimit(long limit, long actual) {
    return with("limit", limit).with("actual", actual);
  }

  /// An exception that answers this problem.
  ///
  /// @return an exception to throw
  public ProblemException asException() {
    return new ProblemException(this);
  }

  /// The members of the JSON form, standard ones first.
  ///
  /// @param instance the path asked for
  /// @return names and values, in order
  Map<String, Object> toMembers(String instance) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("type", type.path());
    all.put("title", type.title());
    all.put("status", type.status());
    all.put("detail", detail);
    all.put("instance", instance);
    all.put("retryable", type.isRetryable());
    all.putAll(members);
    return all;
  }
}
