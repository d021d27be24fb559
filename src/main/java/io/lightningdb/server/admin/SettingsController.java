package io.lightningdb.server.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.server.settings.SettingInForce;
import io.lightningdb.server.settings.SettingsInForce;
import io.lightningdb.server.web.Words;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Tells the settings in force: `/v1/admin/settings`.
@RestController
class SettingsController {
  private final SettingsInForce settings;

  /// Called by Spring.
  ///
  /// @param settings knows them
  SettingsController(SettingsInForce settings) {
    this.settings = settings;
  }

  /// The settings in force.
  ///
  /// @param settings in the order of the page of settings
  record SettingsDocument(List<SettingDocument> settings) {}

  /// A setting in force.
  ///
  /// @param name full name in kebab case
  /// @param value what counts
  /// @param defaultValue what counts if it is not set, or null
  /// @param source where the value comes from
  /// @param masked whether something of the value is not told
  /// @param description what it does, or null
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record SettingDocument(
      String name,
      String value,
      @Nullable String defaultValue,
      String source,
      boolean masked,
      @Nullable String description) {
    private static SettingDocument of(SettingInForce setting) {
      return new SettingDocument(
          setting.name(),
          setting.value(),
          setting.defaultValue(),
          Words.of(setting.source()),
          setting.masked(),
          setting.description());
    }
  }

  /// Tells the settings. They do not change while the service runs.
  ///
  /// @return all of them
  @GetMapping(path = "/v1/admin/settings", produces = MediaType.APPLICATION_JSON_VALUE)
  SettingsDocument settings() {
    return new SettingsDocument(settings.all().stream().map(SettingDocument::of).toList());
  }
}
