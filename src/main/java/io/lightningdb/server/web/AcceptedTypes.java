package io.lightningdb.server.web;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/// The header `Accept` as every call is to read it, Actuator's among them, whatever each of them would make of it:
///
/// | said                             | means                                                                        |
/// |----------------------------------|------------------------------------------------------------------------------|
/// | nothing, or blanks               | anything                                                                     |
/// | a type with `q=0`                | not this one, also where a wildcard includes it (RFC 9110, section 12.5.1)    |
/// | `application/problem+json` alone | anything: the form of problems, which come as such in any case, says nothing |
/// |                                  | of answers. Generated clients send it where an answer is no JSON.            |
/// | what cannot be read              | nothing that there is: 406                                                   |
final class AcceptedTypes {
  /// What answers are made of, for wildcards from which something is left out, in the order in which the service
  /// prefers them.
  private static final List<MediaType> KNOWN =
      Stream.of(
              "application/vnd.spring-boot.actuator.v3+json",
              MediaType.APPLICATION_JSON_VALUE,
              MediaTypes.NDJSON,
              MediaTypes.NDJSON_UNPREFIXED,
              MediaTypes.JSONL,
              MediaTypes.GZIP,
              "application/yaml",
              "text/plain;version=0.0.4;charset=utf-8",
              "application/openmetrics-text;version=1.0.0;charset=utf-8",
              MediaType.TEXT_HTML_VALUE,
              "text/css")
          .map(MediaType::parseMediaType)
          .toList();

  private static final String NOTHING = "application/x-nothing";

  private AcceptedTypes() {}

  /// Reads what a client sent.
  ///
  /// @param said the values of all its headers `Accept`
  /// @return one value or none, without weights of 0
  static List<String> of(List<String> said) {
    List<String> values = said.stream().filter(value -> !value.isBlank()).toList();
    return values.stream().anyMatch(AcceptedTypes::saysMore) ? read(values) : values;
  }

  /// Most headers name a type or two and nothing else, and are as they should be.
  private static boolean saysMore(String value) {
    return value.indexOf(';') >= 0 || value.contains("problem+");
  }

  private static List<String> read(List<String> values) {
    try {
      List<MediaType> types = MediaType.parseMediaTypes(values);
      List<MediaType> refused = types.stream().filter(AcceptedTypes::isRefused).toList();
      List<MediaType> taken = types.stream().filter(type -> !isRefused(type)).toList();
      if (!taken.isEmpty()
          && taken.stream()
              .allMatch(type -> type.equalsTypeAndSubtype(MediaType.APPLICATION_PROBLEM_JSON))) {
        taken = List.of(MediaType.ALL);
      }
      List<MediaType> left = refused.isEmpty() ? taken : without(refused, taken);
      return List.of(left.isEmpty() ? NOTHING : MediaType.toString(left));
    } catch (InvalidMediaTypeException _) {
      return values;
    }
  }

  private static boolean isRefused(MediaType type) {
    return type.getQualityValue() == 0;
  }

  private static List<MediaType> without(List<MediaType> refused, List<MediaType> taken) {
    List<MediaType> left = new ArrayList<>();
    for (MediaType type : taken) {
      if (type.isConcrete()) {
        left.add(type);
      } else {
        KNOWN.stream()
            .filter(type::includes)
            .filter(known -> isLeft(known, type, refused))
            .map(known -> known.copyQualityValue(type))
            .forEach(left::add);
      }
    }
    return left;
  }

  /// What names a type more precisely is what counts.
  private static boolean isLeft(MediaType known, MediaType wildcard, List<MediaType> refused) {
    return refused.stream()
        .noneMatch(
            type -> type.includes(known) && (wildcard.includes(type) || !type.isWildcardType()));
  }
}
