package io.lightningdb.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// Programs without a build of their own, compiled as a user's are: with all warnings, against the classes of the
/// project.
final class Examples implements AutoCloseable {
  static final Path FOLDER = Path.of("src", "examples");

  private final URLClassLoader loader;

  private Examples(URLClassLoader loader) {
    this.loader = loader;
  }

  /// The programs that ship.
  static List<Path> files() {
    try (Stream<Path> found = Files.list(FOLDER)) {
      return found.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Compiles files into a folder; a warning is a failure.
  static Examples compile(List<Path> files, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String[] arguments =
        Stream.concat(
                Stream.of(
                    "-Xlint:all,-processing",
                    "-Werror",
                    "-proc:none",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-d",
                    classes.toString()),
                files.stream().map(Path::toString))
            .toArray(String[]::new);
    int result = compiler.run(null, said, said, arguments);
    assertThat(result).as(said.toString(StandardCharsets.UTF_8)).isZero();
    URL[] urls = {classes.toUri().toURL()};
    return new Examples(new URLClassLoader(urls, Examples.class.getClassLoader()));
  }

  /// Runs a program in this JVM.
  ///
  /// @param name of its class
  /// @return what it printed
  String run(String name, List<String> arguments) {
    return printed(
        name,
        type ->
            type.getMethod("main", String[].class)
                .invoke(null, (Object) arguments.toArray(String[]::new)));
  }

  /// Runs a program whose class is not declared, in this JVM.
  ///
  /// @param name of its file
  /// @return what it printed
  String runUndeclared(String name) {
    return printed(
        name,
        type -> {
          Constructor<?> constructor = type.getDeclaredConstructor();
          Method main = type.getDeclaredMethod("main");
          constructor.setAccessible(true);
          main.setAccessible(true);
          return main.invoke(constructor.newInstance());
        });
  }

  /// Takes what the thread that made it writes; what the service logs meanwhile goes on to where it went before.
  private static final class OfThread extends OutputStream {
    private final Thread owner = Thread.currentThread();
    private final OutputStream ofOwner;
    private final OutputStream ofOthers;

    OfThread(OutputStream ofOwner, OutputStream ofOthers) {
      this.ofOwner = ofOwner;
      this.ofOthers = ofOthers;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      OutputStream out = Thread.currentThread() == owner ? ofOwner : ofOthers;
      out.write(bytes, offset, length);
    }
  }

  private interface Main {
    @Nullable Object of(Class<?> type) throws ReflectiveOperationException;
  }

  private String printed(String name, Main main) {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(new OfThread(printed, before), true, StandardCharsets.UTF_8));
    try {
      main.of(loader.loadClass(name));
    } catch (InvocationTargetException e) {
      throw new AssertionError(name + " failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(name, e);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }
}
