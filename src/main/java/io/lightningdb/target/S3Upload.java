package io.lightningdb.target;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/// Sends an object: at once if it is small, else in parts, of which one is held in memory. *Confined to one thread.*
///
/// It is there once [#finish] returns. Anybody who does not get there calls [#abort].
final class S3Upload extends OutputStream {
  private static final int PARTS_MAX = 10_000;
  private static final int BUFFER_BYTES_MIN = 64 << 10;
  private static final String TYPE = "application/octet-stream";

  private final S3Calls calls;
  private final String name;
  private final String key;
  private final String token = UUID.randomUUID().toString();
  private final int partBytes;
  private final List<CompletedPart> parts = new ArrayList<>();
  private byte[] buffer = new byte[BUFFER_BYTES_MIN];
  private int used;
  private @Nullable String uploadId;

  S3Upload(S3Calls calls, String name) {
    this.calls = calls;
    this.name = name;
    this.key = calls.address().key(name);
    this.partBytes = calls.limits().partBytes();
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      if (used == partBytes) {
        sendPart();
      }
      int piece = Math.min(length - done, partBytes - used);
      if (used + piece > buffer.length) {
        buffer = Arrays.copyOf(buffer, Math.clamp(2L * (used + piece), 0, partBytes));
      }
      System.arraycopy(bytes, offset + done, buffer, used, piece);
      used += piece;
      done += piece;
    }
  }

  /// The bytes that are held, again for each attempt.
  private RequestBody held() {
    byte[] held = buffer;
    int length = used;
    return RequestBody.fromContentProvider(
        () -> new ByteArrayInputStream(held, 0, length), length, TYPE);
  }

  private void sendPart() throws IOException {
    if (parts.size() == PARTS_MAX) {
      throw new ObjectStoreException(
          ObjectStoreException.Reason.REFUSED,
          "%s is larger than the %d parts of %d bytes that an object in %s may have; raise lightning.backup.s3.part-bytes"
              .formatted(name, PARTS_MAX, partBytes, calls.address()),
          null);
    }
    String upload = begun();
    int number = parts.size() + 1;
    String eTag =
        calls.ask(
            "store part %d of %s".formatted(number, name),
            s3 ->
                s3.uploadPart(
                        request ->
                            request
                                .bucket(calls.address().bucket())
                                .key(key)
                                .uploadId(upload)
                                .partNumber(number),
                        held())
                    .eTag());
    parts.add(CompletedPart.builder().partNumber(number).eTag(eTag).build());
    used = 0;
  }

  private String begun() throws IOException {
    String begun = uploadId;
    if (begun == null) {
      begun =
          calls.ask(
              "begin to store " + name,
              s3 ->
                  s3.createMultipartUpload(request ->
                          request
                              .bucket(calls.address().bucket())
                              .key(key)
                              .contentType(TYPE)
                              .metadata(Map.of(S3Calls.TOKEN, token)))
                      .uploadId());
      uploadId = begun;
    }
    return begun;
  }

  /// Sends the rest, and makes the object appear.
  ///
  /// An answer that is lost on its way back is no failure: the store is asked whether it has the object.
  ///
  /// @throws ObjectStoreException if it is not there
  void finish() throws IOException {
    try {
      if (uploadId == null) {
        putAtOnce();
      } else {
        sendPart();
        complete(begun());
      }
    } catch (ObjectStoreException e) {
      if (!e.isUncertain() || !isThere(e)) {
        throw e;
      }
    }
  }

  private boolean isThere(ObjectStoreException failure) {
    try {
      return calls.holds(name, token);
    } catch (ObjectStoreException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  private void putAtOnce() throws IOException {
    calls.ask(
        "store " + name,
        s3 ->
            s3.putObject(
                request ->
                    request
                        .bucket(calls.address().bucket())
                        .key(key)
                        .metadata(Map.of(S3Calls.TOKEN, token)),
                held()));
  }

  private void complete(String upload) throws IOException {
    calls.ask(
        "store " + name,
        s3 ->
            s3.completeMultipartUpload(request ->
                request
                    .bucket(calls.address().bucket())
                    .key(key)
                    .uploadId(upload)
                    .multipartUpload(all -> all.parts(parts))));
  }

  /// Takes back what was sent.
  ///
  /// @param cause why; is told if that fails too
  void abort(Exception cause) {
    String begun = uploadId;
    if (begun == null) {
      return;
    }
    try {
      calls.ask(
          "take back " + name,
          s3 ->
              s3.abortMultipartUpload(
                  request -> request.bucket(calls.address().bucket()).key(key).uploadId(begun)));
    } catch (ObjectStoreException e) {
      cause.addSuppressed(e);
    }
  }
}
