import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/// Makes the jar that client commands start from, `commands.jar` beside `lightningdb.jar`: all but the service, with
/// picocli, and a class path of the few libraries that commands use. A JVM looks at each jar of its class path before
/// it does anything, and at 141 of them for 100 ms. The classes of picocli are written anew in a version of this
/// century: those of version 49, as they are published, have no place in an AOT cache, and commands spend most of their
/// start on them.
///
///     java CommandsJar.java FOLDER MOMENT
public final class CommandsJar {
  private static final int VERSION = ClassFile.JAVA_8_VERSION;
  private static final List<String> LIBRARIES =
      List.of(
          "jackson-", "jline-", "jspecify-", "logback-", "lz4-", "progressbar-", "slf4j-", "zstd-");

  private CommandsJar() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    LocalDateTime moment = LocalDateTime.ofInstant(Instant.parse(args[1]), ZoneOffset.UTC);
    TreeMap<String, byte[]> entries = new TreeMap<>();
    try (JarFile application = new JarFile(folder.resolve("lightningdb.jar").toFile())) {
      entries.putAll(entries(application));
      entries.keySet().removeIf(name -> !isOfCommands(name));
    }
    Path picocli = library(folder, "picocli-");
    try (JarFile library = new JarFile(picocli.toFile())) {
      TreeMap<String, byte[]> classes = entries(library);
      classes.keySet().removeIf(name -> !name.startsWith("picocli/"));
      ClassFile rewriting =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(type ->
                          open(
                              classes.get(
                                  type.descriptorString().substring(1).replace(";", "")
                                      + ".class")))
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      classes.replaceAll(
          (name, bytes) -> name.endsWith(".class") ? raised(rewriting, bytes) : bytes);
      entries.putAll(classes);
    }
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, "io.lightningdb.LightningDbApplication");
    attributes.put(Attributes.Name.CLASS_PATH, libraries(folder));
    attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
    try (OutputStream file = Files.newOutputStream(folder.resolve("commands.jar"));
        JarOutputStream jar = new JarOutputStream(file)) {
      put(jar, JarFile.MANIFEST_NAME, moment);
      manifest.write(jar);
      for (String name : entries.keySet()) {
        put(jar, name, moment);
        jar.write(entries.get(name));
      }
    }
  }

  private static void put(JarOutputStream jar, String name, LocalDateTime moment)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(moment);
    jar.putNextEntry(entry);
  }

  private static TreeMap<String, byte[]> entries(JarFile jar) throws IOException {
    TreeMap<String, byte[]> entries = new TreeMap<>();
    for (ZipEntry entry : jar.stream().filter(each -> !each.isDirectory()).toList()) {
      try (InputStream in = jar.getInputStream(entry)) {
        entries.put(entry.getName(), in.readAllBytes());
      }
    }
    return entries;
  }

  private static boolean isOfCommands(String name) {
    boolean served =
        name.startsWith("io/lightningdb/server/")
            && !name.startsWith("io/lightningdb/server/failure/");
    return name.equals("META-INF/build-info.properties")
        || (name.startsWith("io/lightningdb/") && !served && !name.contains("__"));
  }

  private static byte[] raised(ClassFile rewriting, byte[] bytes) {
    return rewriting.transformClass(
        rewriting.parse(bytes),
        (builder, element) -> {
          if (element instanceof ClassFileVersion version && version.majorVersion() < VERSION) {
            builder.withVersion(VERSION, 0);
          } else if (element instanceof MethodModel method) {
            // Taken apart and put together, because this version wants tables of what is on the
            // stack.
            builder.transformMethod(
                method, MethodTransform.transformingCode((code, each) -> code.with(each)));
          } else {
            builder.with(element);
          }
        });
  }

  private static InputStream open(byte[] bytes) {
    return bytes == null ? null : new java.io.ByteArrayInputStream(bytes);
  }

  private static Path library(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("lib"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .findFirst()
          .orElseThrow(() -> new IOException(folder + "/lib has no " + prefix));
    }
  }

  private static String libraries(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("lib"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> LIBRARIES.stream().anyMatch(name::startsWith))
          .sorted(Comparator.naturalOrder())
          .map(name -> "lib/" + name)
          .collect(Collectors.joining(" "));
    }
  }
}
