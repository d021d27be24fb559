package io.lightningdb.server.guard;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a call that frees what other requests wait for, such as locks. It never waits for them in turn.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface PassesGate {}
