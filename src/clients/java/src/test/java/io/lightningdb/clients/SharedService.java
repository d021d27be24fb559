package io.lightningdb.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives all tests of the JVM one service, which is stopped behind the last of them.
final class SharedService implements ParameterResolver {
  private static final ExtensionContext.Namespace PLACE =
      ExtensionContext.Namespace.create(SharedService.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == PackedService.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(PLACE)
        .computeIfAbsent(PackedService.class, _ -> start(), PackedService.class);
  }

  private static PackedService start() {
    try {
      Path folder = Path.of(System.getProperty("service.folder")).toAbsolutePath();
      Files.createDirectories(folder);
      return PackedService.startGuarded(
          Files.createTempDirectory(folder, "service").resolve("data"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
