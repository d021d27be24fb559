package io.lightningdb.server.settings;

import org.jspecify.annotations.Nullable;

/// A setting as it is in force, for people. Immutable; no secret is in it.
///
/// @param name full name in kebab case
/// @param value what counts, in words or numbers with their unit; empty if nothing is set; masked where it is secret
/// @param defaultValue what counts if it is not set, under the preset `balanced`; null if that is not known
/// @param source where the value comes from
/// @param masked whether something of the value is not told
/// @param description what it does; null if there are no words for it
public record SettingInForce(
    String name,
    String value,
    @Nullable String defaultValue,
    Source source,
    boolean masked,
    @Nullable String description) {

  /// Where values come from.
  public enum Source {
    /// It was not set.
    DEFAULT,
    /// The preset.
    PRESET,
    /// A file of settings, or one of a folder that is read as settings.
    FILE,
    /// An environment variable.
    ENVIRONMENT,
    /// A property of the JVM.
    SYSTEM_PROPERTY,
    /// An argument of the command line.
    ARGUMENT,
    /// Something else.
    OTHER
  }
}
