package io.lightningdb.server.web;

import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// Writes what controllers return as JSON, which ends with a line feed: on a terminal the next prompt begins a line of
/// its own. Those who write documents themselves end them likewise; only values are answered as they were stored.
final class JsonLineConverter extends JacksonJsonHttpMessageConverter {

  /// Writes as a mapper does.
  ///
  /// @param mapper of the service
  JsonLineConverter(JsonMapper mapper) {
    super(mapper);
  }

  @Override
  protected void writeSuffix(JsonGenerator generator, Object object) {
    super.writeSuffix(generator, object);
    generator.writeRaw('\n');
  }
}
