package io.lightningdb.target;

import io.lightningdb.engine.backup.BackupTarget;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Backups below a prefix in a bucket. *Thread-safe.*
///
/// An object appears with the request that completes it, in place of one that was there, and every request is signed with the
/// SHA-256 of what it carries. Each call takes [S3Settings.Limits#requestTimeMax] at most for every request that it makes; the thread may be
/// interrupted, which fails the call.
final class S3Target implements BackupTarget {
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,200}");
  private static final int NOT_IMPLEMENTED = 501;

  private final TargetAddress.Bucket address;
  private final S3Calls calls;

  /// Uses a bucket. Nothing is asked of it yet.
  ///
  /// @throws ObjectStoreException if the settings do not say enough
  S3Target(TargetAddress.Bucket address, S3Settings settings) throws ObjectStoreException {
    this.address = address;
    this.calls = S3Clients.calls(address, settings);
  }

  @Override
  public void put(String name, Content content) throws IOException {
    S3Upload upload = new S3Upload(calls, name);
    try {
      content.writeTo(upload);
      upload.finish();
    } catch (IOException | RuntimeException e) {
      upload.abort(e);
      throw e;
    }
  }

  @Override
  public InputStream get(String name) throws IOException {
    return S3Input.open(calls, name);
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    List<StoredObject> found = new ArrayList<>();
    int start = address.key("").length();
    calls.ask(
        "list " + prefix + "*",
        s3 -> {
          for (S3Object object :
              s3.listObjectsV2Paginator(
                      request -> request.bucket(address.bucket()).prefix(address.key(prefix)))
                  .contents()) {
            String name = object.key().substring(start);
            // What has another name, such as one deeper down, belongs to another program.
            if (NAME.matcher(name).matches()) {
              found.add(new StoredObject(name, object.size()));
            }
          }
          return found;
        });
    found.sort(Comparator.comparing(StoredObject::name));
    return found;
  }

  @Override
  public void delete(String name) throws IOException {
    calls.ask(
        "delete " + name,
        s3 -> s3.deleteObject(request -> request.bucket(address.bucket()).key(address.key(name))));
  }

  @Override
  public void deleteUnfinished(String prefix) throws IOException {
    for (MultipartUpload upload : unfinished(prefix)) {
      try {
        calls.ask(
            "take back " + upload.key(),
            s3 ->
                s3.abortMultipartUpload(request ->
                    request
                        .bucket(address.bucket())
                        .key(upload.key())
                        .uploadId(upload.uploadId())));
      } catch (ObjectStoreException e) {
        if (!S3Calls.isAbout("NoSuchUpload", e)) {
          throw e;
        }
      }
    }
  }

  private List<MultipartUpload> unfinished(String prefix) throws IOException {
    String start = address.key(prefix);
    try {
      return calls.ask(
          "list what is unfinished of " + prefix + "*",
          s3 ->
              s3
                  .listMultipartUploadsPaginator(
                      request -> request.bucket(address.bucket()).prefix(start))
                  .uploads()
                  .stream()
                  .filter(upload -> upload.key().startsWith(start))
                  .toList());
    } catch (ObjectStoreException e) {
      if (e.getCause() instanceof AwsServiceException answer
          && answer.statusCode() == NOT_IMPLEMENTED) {
        // Such a store has rules of its own for what is never completed.
        return List.of();
      }
      throw e;
    }
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
