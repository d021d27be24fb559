package io.lightningdb.server.keyvalue;

import io.lightningdb.server.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The entity tags of a header If-Match or If-None-Match. An entry's tag is its version in quotes. Immutable.
///
/// @param isGiven whether the header is there
/// @param isAny whether it is `*`
/// @param strong versions of strong tags; tags that are no version match nothing and are left out
/// @param weak versions of weak tags
public record EntityTags(boolean isGiven, boolean isAny, List<Long> strong, List<Long> weak) {
  private static final EntityTags NONE = new EntityTags(false, false, List.of(), List.of());
  private static final EntityTags ANY = new EntityTags(true, true, List.of(), List.of());

  private static final Pattern TAG =
      Pattern.compile("\\s*(W/)?\"([\\x21\\x23-\\x7E\\x80-\\xFF]*)\"\\s*(,|$)");
  private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");

  /// Keeps copies that cannot be changed.
  public EntityTags {
    strong = List.copyOf(strong);
    weak = List.copyOf(weak);
  }

  /// Reads a header.
  ///
  /// @param request what was asked
  /// @param name name of the header
  /// @return its tags
  /// @throws io.lightningdb.server.problem.ProblemException if it is neither `*` nor a list of tags in quotes
  static EntityTags of(HttpServletRequest request, String name) {
    if (request.getHeader(name) == null) {
      return NONE;
    }
    String text = String.join(",", Collections.list(request.getHeaders(name)));
    return text.strip().equals("*") ? ANY : parse(name, text);
  }

  private static EntityTags parse(String name, String text) {
    List<Long> strong = new ArrayList<>();
    List<Long> weak = new ArrayList<>();
    Matcher tag = TAG.matcher(text);
    int position = 0;
    while (position < text.length()) {
      if (!tag.find(position) || tag.start() != position) {
        throw Query.invalid(
            name, "must be * or a list of entity tags in double quotes, such as \"42\"");
      }
      if (VERSION.matcher(tag.group(2)).matches()) {
        (tag.group(1) == null ? strong : weak).add(Long.valueOf(tag.group(2)));
      }
      position = tag.end();
    }
    return new EntityTags(true, false, strong, weak);
  }

  /// Compares as If-Match demands: weak tags match nothing.
  ///
  /// @param version version of the entry, 0 if there is none
  /// @return true if one of the tags is that of the entry
  public boolean matchStrongly(long version) {
    return version != 0 && (isAny || strong.contains(version));
  }

  /// Compares as If-None-Match demands.
  ///
  /// @param version version of the entry, 0 if there is none
  /// @return true if one of the tags is that of the entry
  public boolean matchWeakly(long version) {
    return version != 0 && (isAny || strong.contains(version) || weak.contains(version));
  }
}
