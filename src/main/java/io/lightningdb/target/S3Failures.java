package io.lightningdb.target;

import io.lightningdb.engine.io.FailureText;
import io.lightningdb.target.ObjectStoreException.Reason;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/// Puts into words what goes wrong with a bucket. Immutable.
///
/// @param address the bucket
/// @param endpoint who is asked, in words
/// @param region the region that requests are signed for
record S3Failures(TargetAddress.Bucket address, String endpoint, String region) {
  private static final String REGION_HEADER = "x-amz-bucket-region";
  private static final int MOVED_PERMANENTLY = 301;
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final Set<String> OF_REGIONS =
      Set.of(
          "PermanentRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException");

  /// No credentials were found where they are looked for.
  static final class NoCredentials extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoCredentials(Throwable cause) {
      super(cause);
    }
  }

  /// Words a failure.
  ///
  /// @param what what was asked, such as `read x`
  ObjectStoreException of(RuntimeException failure, String what) {
    String lead = "cannot %s in %s at %s: ".formatted(what, address, endpoint);
    return switch (failure) {
      case AwsServiceException answer -> ofAnswer(answer, lead);
      case NoCredentials none -> noCredentials(none, lead);
      default -> unreachable(lead, failure);
    };
  }

  private static ObjectStoreException noCredentials(NoCredentials none, String lead) {
    return new ObjectStoreException(
        Reason.NO_CREDENTIALS,
        lead
            + "there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or lightning.backup.s3.access-key-id"
            + " and secret-access-key, or give the machine a role",
        none);
  }

  /// No answer, or only a part of one.
  ObjectStoreException unreachable(String lead, Throwable failure) {
    return new ObjectStoreException(
        Reason.UNREACHABLE,
        lead + rootOf(failure) + "; check that the endpoint is right and can be reached",
        failure);
  }

  private static String rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName() + ": " + FailureText.of(root);
  }

  private ObjectStoreException ofAnswer(AwsServiceException answer, String lead) {
    Optional<String> home = homeOf(answer);
    boolean elsewhere =
        answer.statusCode() == MOVED_PERMANENTLY
            || OF_REGIONS.contains(codeOf(answer))
            || (answer.statusCode() == BAD_REQUEST
                && home.filter(at -> !at.equals(region)).isPresent());
    if (codeOf(answer).equals("NoSuchBucket")) {
      return told(
          Reason.NO_BUCKET,
          lead,
          answer,
          "create the bucket, or correct lightning.backup.directory");
    }
    if (elsewhere) {
      String where = home.map(at -> ", which is " + at).orElse("");
      return told(
          Reason.WRONG_REGION,
          lead,
          answer,
          "the request was for region %s; set lightning.backup.s3.region to that of the bucket%s"
              .formatted(region, where));
    }
    if (answer.statusCode() == FORBIDDEN || answer.statusCode() == UNAUTHORIZED) {
      return told(
          Reason.NO_ACCESS,
          lead,
          answer,
          "check the credentials, the clock, and that they may list, read, write and delete there");
    }
    return told(Reason.REFUSED, lead, answer, "see what the store says of it");
  }

  private static ObjectStoreException told(
      Reason reason, String lead, AwsServiceException answer, String advice) {
    return new ObjectStoreException(reason, lead + wordsOf(answer) + "; " + advice, answer);
  }

  private static String wordsOf(AwsServiceException answer) {
    String message =
        answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorMessage();
    String code = codeOf(answer);
    return "the store answered %d%s%s after %d attempt(s)"
        .formatted(
            answer.statusCode(),
            code.isEmpty() ? "" : " " + code,
            message == null || message.isBlank() ? "" : " (" + message.strip() + ")",
            Math.max(1, attemptsOf(answer)));
  }

  private static int attemptsOf(SdkException answer) {
    return answer.numAttempts() == null ? 1 : answer.numAttempts();
  }

  static String codeOf(AwsServiceException answer) {
    String code = answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorCode();
    return code == null ? "" : code;
  }

  private static Optional<String> homeOf(AwsServiceException answer) {
    return answer.awsErrorDetails() == null || answer.awsErrorDetails().sdkHttpResponse() == null
        ? Optional.empty()
        : answer.awsErrorDetails().sdkHttpResponse().firstMatchingHeader(REGION_HEADER);
  }
}
