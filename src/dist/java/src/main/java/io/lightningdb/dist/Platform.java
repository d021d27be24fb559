package io.lightningdb.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// Leaves the native libraries of other platforms out of a distribution, and puts those of this one where the runtime
/// of the distribution finds them without unpacking them at each start, which needs a folder for temporary files that
/// code may be loaded from. In the jars they stay, for another Java. The checksums of the changed jars go into the bill
/// of materials, out of which those components go that are no jar of the distribution: starters of Spring Boot, which
/// have no code. A program of one file: `java -cp FOLDER/lib/* Platform.java FOLDER BILL`.
public final class Platform {
  private static final List<String> ALGORITHMS =
      List.of("MD5", "SHA-1", "SHA-256", "SHA-512", "SHA-384", "SHA3-384", "SHA3-256", "SHA3-512");
  private static final String NATIVE = ".*\\.(so|dll|dylib|jnilib)";

  /// Jars with native libraries, and where in them those of this platform are.
  private static final Map<String, String> OURS =
      Map.of(
          "lz4-java-", "net/jpountz/util/linux/" + System.getProperty("os.arch") + "/",
          "zstd-jni-", "linux/" + System.getProperty("os.arch") + "/");

  private Platform() {}

  private static void strip(Path jar, String ours, Path runtime) throws IOException {
    Path stripped = jar.resolveSibling(jar.getFileName() + ".stripped");
    int found = 0;
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar));
        OutputStream file = Files.newOutputStream(stripped);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        boolean wanted = entry.getName().startsWith(ours);
        if (entry.getName().matches(NATIVE) && !wanted) {
          continue;
        }
        byte[] content = in.readAllBytes();
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        out.putNextEntry(copy);
        out.write(content);
        out.closeEntry();
        if (wanted && !entry.isDirectory()) {
          found++;
          Path library = runtime.resolve(entry.getName().substring(ours.length()));
          Files.write(library, content);
        }
      }
    }
    if (found != 1) {
      throw new IOException(jar + " has " + found + " native libraries in " + ours);
    }
    Files.move(stripped, jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private static String checksum(Path file, String algorithm) throws Exception {
    MessageDigest digest = MessageDigest.getInstance(algorithm);
    try (InputStream in = Files.newInputStream(file)) {
      in.transferTo(
          new OutputStream() {
            @Override
            public void write(int b) {
              digest.update((byte) b);
            }

            @Override
            public void write(byte[] b, int from, int length) {
              digest.update(b, from, length);
            }
          });
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// A bill of materials of the jars in a folder alone. What depended on others depends on what these depended on.
  private static String withoutOthers(String text, Path folder) {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    ObjectNode bill = (ObjectNode) mapper.readTree(text);
    Set<String> others = new LinkedHashSet<>();
    ArrayNode components = mapper.createArrayNode();
    for (JsonNode component : bill.path("components")) {
      String name = component.path("name").asString() + "-" + component.path("version").asString();
      if (Files.exists(folder.resolve(name + ".jar"))) {
        components.add(component);
      } else {
        others.add(component.path("bom-ref").asString());
      }
    }
    bill.set("components", components);
    Map<String, JsonNode> dependsOn = new LinkedHashMap<>();
    for (JsonNode one : bill.path("dependencies")) {
      dependsOn.put(one.path("ref").asString(), one.path("dependsOn"));
    }
    ArrayNode dependencies = mapper.createArrayNode();
    for (String ref : dependsOn.keySet()) {
      if (!others.contains(ref)) {
        Set<String> found = new TreeSet<>();
        collect(ref, dependsOn, others, found, new HashSet<>());
        ArrayNode on = dependencies.addObject().put("ref", ref).putArray("dependsOn");
        found.forEach(on::add);
      }
    }
    bill.set("dependencies", dependencies);
    return mapper.writeValueAsString(bill) + "\n";
  }

  private static void collect(
      String ref,
      Map<String, JsonNode> dependsOn,
      Set<String> others,
      Set<String> found,
      Set<String> seen) {
    for (JsonNode on : dependsOn.getOrDefault(ref, MissingNode.getInstance())) {
      String next = on.asString();
      if (!others.contains(next)) {
        found.add(next);
      } else if (seen.add(next)) {
        collect(next, dependsOn, others, found, seen);
      }
    }
  }

  /// Strips the jars.
  ///
  /// @param args the folder of the distribution, with its runtime, and the bill of materials
  /// @throws Exception if a jar, or a library in it, is not where it is expected
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Path bill = Path.of(args[1]);
    String text = Files.readString(bill);
    for (Map.Entry<String, String> ours : OURS.entrySet()) {
      List<Path> jars;
      try (Stream<Path> all = Files.list(folder.resolve("lib"))) {
        jars = all.filter(jar -> jar.getFileName().toString().startsWith(ours.getKey())).toList();
      }
      if (jars.size() != 1) {
        throw new IOException("not one jar " + ours.getKey() + " in " + folder + ": " + jars);
      }
      Path jar = jars.getFirst();
      Path before = Files.copy(jar, jar.resolveSibling(jar.getFileName() + ".before"));
      strip(jar, ours.getValue(), folder.resolve("java/lib"));
      for (String algorithm : ALGORITHMS) {
        text = text.replace(checksum(before, algorithm), checksum(jar, algorithm));
      }
      Files.delete(before);
    }
    Files.writeString(bill, withoutOthers(text, folder.resolve("lib")));
  }
}
