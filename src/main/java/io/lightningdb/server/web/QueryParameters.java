package io.lightningdb.server.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Names the query parameters that a call knows. It refuses all others.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface QueryParameters {

  /// The names.
  ///
  /// @return each name once
  String[] value();
}
