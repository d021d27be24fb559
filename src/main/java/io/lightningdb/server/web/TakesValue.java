package io.lightningdb.server.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a call that takes a value, and so the headers `Lightning-Ttl`, `Lightning-Expires-At` and
/// `Lightning-Content-Type`. All others refuse them.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface TakesValue {}
