package io.lightningdb.target;

import io.lightningdb.target.ObjectStoreException.Reason;
import java.net.URI;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.spi.scheme.AuthSchemeOption;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeParams;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeProvider;

/// Builds clients of object stores.
final class S3Clients {
  private static final S3AuthSchemeProvider SCHEMES = S3AuthSchemeProvider.defaultProvider();

  private S3Clients() {}

  /// A client for one bucket.
  ///
  /// @throws ObjectStoreException if the region is not known
  static S3Calls calls(TargetAddress.Bucket address, S3Settings settings)
      throws ObjectStoreException {
    Region region = region(address, settings);
    String endpoint = settings.endpoint().isEmpty() ? "AWS " + region : settings.endpoint();
    return new S3Calls(
        builder(settings, region).build(),
        address,
        new S3Failures(address, endpoint, region.id()),
        settings.limits());
  }

  static S3ClientBuilder builder(S3Settings settings, Region region) {
    S3Settings.Limits limits = settings.limits();
    S3ClientBuilder builder =
        S3Client.builder()
            .region(region)
            .credentialsProvider(credentials(settings))
            .forcePathStyle(settings.pathStyle() == S3Settings.PathStyle.ON)
            .authSchemeProvider(S3Clients::withSignedPayload)
            // Many stores know neither the checksums nor the chunks that came later.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(
                s3 -> s3.chunkedEncodingEnabled(false).expectContinueEnabled(false))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(limits.silenceMax())
                    .socketTimeout(limits.silenceMax()))
            .overrideConfiguration(call ->
                call.apiCallTimeout(limits.requestTimeMax())
                    .retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(limits.attemptsMax())
                            .build()));
    return settings.endpoint().isEmpty()
        ? builder
        : builder.endpointOverride(URI.create(settings.endpoint()));
  }

  /// The store compares the SHA-256 of what a request carries also where TLS would do.
  private static List<AuthSchemeOption> withSignedPayload(S3AuthSchemeParams params) {
    return SCHEMES.resolveAuthScheme(params).stream()
        .map(option ->
            option.toBuilder()
                .putSignerProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, true)
                .build())
        .toList();
  }

  private static AwsCredentialsProvider credentials(S3Settings settings) {
    if (!settings.accessKeyId().isEmpty()) {
      return StaticCredentialsProvider.create(
          AwsBasicCredentials.create(settings.accessKeyId(), settings.secretAccessKey()));
    }
    AwsCredentialsProvider chain = DefaultCredentialsProvider.builder().build();
    return () -> {
      try {
        return chain.resolveCredentials();
      } catch (SdkClientException e) {
        throw new S3Failures.NoCredentials(e);
      }
    };
  }

  private static Region region(TargetAddress.Bucket address, S3Settings settings)
      throws ObjectStoreException {
    if (!settings.region().isEmpty()) {
      return Region.of(settings.region());
    }
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException e) {
      if (!settings.endpoint().isEmpty()) {
        return Region.US_EAST_1;
      }
      throw new ObjectStoreException(
          Reason.WRONG_REGION,
          "the region of %s is not known; set lightning.backup.s3.region, or AWS_REGION"
              .formatted(address),
          e);
    }
  }
}
