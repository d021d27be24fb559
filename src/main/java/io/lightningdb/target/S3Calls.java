package io.lightningdb.target;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/// Asks an object store, and puts into words what it does not do. *Thread-safe.*
///
/// @param client sends requests, each several times if need be
/// @param address the bucket
/// @param failures words what goes wrong
/// @param limits how much and how long
record S3Calls(
    S3Client client, TargetAddress.Bucket address, S3Failures failures, S3Settings.Limits limits) {
  /// Metadata that tells an object from one that was there before.
  static final String TOKEN = "lightning-upload";

  private static final int NOT_FOUND = 404;

  /// Asks for something.
  ///
  /// @param what what is asked, in words for the message of its failure
  /// @throws ObjectStoreException if it is not done
  <T> T ask(String what, Function<S3Client, T> request) throws ObjectStoreException {
    try {
      return request.apply(client);
    } catch (SdkException | S3Failures.NoCredentials e) {
      throw failures.of(e, what);
    }
  }

  /// Opens an object.
  ///
  /// @param position the first byte that is wanted
  /// @param eTag what the object must still be if not null
  /// @throws NoSuchFileException if there is none
  /// @throws ObjectStoreException if it cannot be read
  ResponseInputStream<GetObjectResponse> open(String name, long position, @Nullable String eTag)
      throws IOException {
    try {
      return ask(
          "read " + name,
          s3 ->
              s3.getObject(request -> {
                request.bucket(address.bucket()).key(address.key(name)).ifMatch(eTag);
                if (position > 0) {
                  request.range("bytes=" + position + "-");
                }
              }));
    } catch (ObjectStoreException e) {
      if (isAbout("NoSuchKey", e)) {
        throw new NoSuchFileException(name);
      }
      throw e;
    }
  }

  /// Tells whether an object is the one that was stored with a token.
  ///
  /// @throws ObjectStoreException if the store does not say
  boolean holds(String name, String token) throws ObjectStoreException {
    try {
      HeadObjectResponse head =
          ask(
              "look at " + name,
              s3 ->
                  s3.headObject(
                      request -> request.bucket(address.bucket()).key(address.key(name))));
      return token.equals(head.metadata().get(TOKEN));
    } catch (ObjectStoreException e) {
      if (e.getCause() instanceof AwsServiceException answer && answer.statusCode() == NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /// Tells whether the store gave a certain error.
  static boolean isAbout(String code, ObjectStoreException failure) {
    return failure.getCause() instanceof AwsServiceException answer
        && S3Failures.codeOf(answer).equals(code);
  }
}
