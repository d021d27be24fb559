package io.lightningdb.server.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a call that changes something only if a condition holds. All other calls that change something refuse
/// `If-Match` and `If-None-Match`: done without a look at them, they would undo what the condition was to keep. A read
/// may do without them.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface TakesConditions {

  /// The headers that the call takes.
  ///
  /// @return their names
  String[] value();
}
