package io.lightningdb.bench.server;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The service as it was built: its jar, and the same taken apart into a jar of its classes and a directory of libraries, so that
/// another main class can run with them.
///
/// @param jar the one that users run
/// @param directory holds what was in it
public record Application(Path jar, Path directory) {
  private static final String MAIN_CLASS = "io.lightningdb.LightningDbApplication";

  /// Finds the jar and takes it apart.
  ///
  /// @param target where Maven has put it
  /// @param directory where to put what is in it; does not exist yet
  /// @return the service
  /// @throws IOException if there is no jar, or more than one, or files cannot be written
  /// @throws InterruptedException if this thread is ended
  public static Application extract(Path target, Path directory)
      throws IOException, InterruptedException {
    Path jar = jar(target.toAbsolutePath());
    List<String> command =
        List.of(
            java(),
            "-Djarmode=tools",
            "-jar",
            jar.toString(),
            "extract",
            "--destination",
            directory.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("cannot take " + jar + " apart: " + said);
    }
    return new Application(jar, directory);
  }

  private static Path jar(Path target) throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      List<Path> jars =
          files
              .filter(file -> file.getFileName().toString().matches("lightningdb-.*\\.jar"))
              .toList();
      if (jars.size() != 1) {
        throw new IOException("one lightningdb-*.jar is expected in " + target + ": " + jars);
      }
      return jars.getFirst();
    }
  }

  /// The JVM that runs this.
  ///
  /// @return path of its executable
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /// The jar without the libraries, which it names: what the documentation of Spring Boot advises for short starts.
  ///
  /// @return path of the jar
  public Path extractedJar() {
    return directory.resolve(jar.getFileName());
  }

  /// Name of the main class of the service.
  ///
  /// @return fully qualified
  static String mainClass() {
    return MAIN_CLASS;
  }

  /// The class path of the service, and some classes of this benchmark. Only those: the directory they are in has the tests too,
  /// which the service must not find.
  String classPath(List<Class<?>> more) throws IOException {
    Path classes = directory.resolve("bench-classes");
    for (Class<?> each : more) {
      String name = each.getName().replace('.', '/') + ".class";
      Path file = classes.resolve(name);
      Files.createDirectories(file.getParent());
      try (InputStream in = each.getResourceAsStream("/" + name)) {
        if (in == null) {
          throw new IOException("no " + name + " on the class path");
        }
        Files.write(file, in.readAllBytes());
      }
    }
    return String.join(
        File.pathSeparator,
        extractedJar().toString(),
        directory.resolve("lib") + File.separator + "*",
        classes.toString());
  }
}
