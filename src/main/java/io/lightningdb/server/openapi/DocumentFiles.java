package io.lightningdb.server.openapi;

import io.lightningdb.engine.io.FileModes;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The OpenAPI document as files, which the build makes of [OpenApiDocument] and puts into the jar beside its parts: so no service parses
/// 250 KB of YAML. Classes in a folder, which an IDE or `spring-boot:run` has, may be newer than such a file; there the document is put
/// together when it is first asked for.
public final class DocumentFiles {
  /// The document as JSON.
  static final String JSON = "openapi.json";

  /// The document as YAML.
  static final String YAML = "openapi.yaml";

  private static final String FOLDER = "/openapi/";
  private static final String UNPACKED = "file";

  private DocumentFiles() {}

  /// Makes the files. Called by the build, between compiling and packing.
  ///
  /// @param args the folder that they go to
  /// @throws IOException if a part of the document is missing, or a file cannot be written
  public static void main(String[] args) throws IOException {
    Path folder = FileModes.createDirectories(Path.of(args[0]));
    for (String name : new String[] {JSON, YAML}) {
      Files.deleteIfExists(folder.resolve(name));
      FileModes.write(folder.resolve(name), make(name));
    }
  }

  /// The bytes of a file.
  ///
  /// @throws UncheckedIOException if the jar is not whole
  static byte[] read(String name) {
    URL part = DocumentFiles.class.getResource(FOLDER + "shared.yaml");
    try {
      return part == null || part.getProtocol().equals(UNPACKED) ? make(name) : made(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] made(String name) throws IOException {
    try (InputStream file = DocumentFiles.class.getResourceAsStream(FOLDER + name)) {
      if (file == null) {
        throw new FileNotFoundException("the jar has no " + FOLDER + name);
      }
      return file.readAllBytes();
    }
  }

  private static byte[] make(String name) throws IOException {
    ObjectNode document = OpenApiDocument.read();
    return name.equals(JSON)
        ? (JsonMapper.shared().writeValueAsString(document) + "\n").getBytes(StandardCharsets.UTF_8)
        : OpenApiDocument.yaml(document);
  }
}
