package io.lightningdb.server.settings;

import io.lightningdb.target.S3Settings;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How the object store is reached that backups are kept in: `lightning.backup.s3`.
///
/// @param endpoint its URL, such as `https://store.example:9000`; empty for that of AWS in the region. Default empty
/// @param region its region; empty for what the environment says, and `us-east-1` where that says nothing and there is
///     an endpoint. Default empty
/// @param pathStyle whether the bucket is named in the path, rather than in the name of the host. Default `false`
/// @param accessKeyId who asks; empty to look, in this order, at the variables `AWS_ACCESS_KEY_ID` and
///     `AWS_SECRET_ACCESS_KEY`, the files of the AWS SDK, and what the container or the machine is given. Default empty
/// @param secretAccessKey proves it. Default empty
/// @param silenceMax how long the store may take to accept a connection, or to send the next bytes, 1s to 10m. Default
///     `20s`
/// @param requestTimeMax how long one request may take with all its attempts, 1s to 1h. Default `2m`
/// @param attemptsMax how often a request is sent until it succeeds, 1 to 20. Default `4`
/// @param partBytes size of the parts that an object is sent in, of which one is held in memory, 5MB to 1GB; an object
///     has 10,000 of them at most. Default `8MB`
public record ObjectStore(
    @DefaultValue("") String endpoint,
    @DefaultValue("") String region,
    @DefaultValue("false") boolean pathStyle,
    @DefaultValue("") String accessKeyId,
    @DefaultValue("") String secretAccessKey,
    @DefaultValue("20s") Duration silenceMax,
    @DefaultValue("2m") Duration requestTimeMax,
    @DefaultValue("4") int attemptsMax,
    @DefaultValue("8MB") DataSize partBytes) {

  private static final String PREFIX = "lightning.backup.s3.";

  /// Checks ranges, the endpoint, the region, and that a key has its secret.
  ///
  /// @throws InvalidSettingException naming the setting, its value unless it is a secret, and what is allowed
  public ObjectStore {
    Duration second = Duration.ofSeconds(1);
    SettingRange.check(PREFIX + "silence-max", silenceMax, second, Duration.ofMinutes(10));
    SettingRange.check(PREFIX + "request-time-max", requestTimeMax, second, Duration.ofHours(1));
    SettingRange.check(PREFIX + "attempts-max", attemptsMax, 1, 20);
    SettingRange.check(
        PREFIX + "part-bytes", partBytes, DataSize.ofMegabytes(5), DataSize.ofGigabytes(1));
    if (!S3Settings.isEndpoint(endpoint)) {
      throw new InvalidSettingException(
          PREFIX + "endpoint", endpoint, "an URL such as https://store.example:9000, or nothing");
    }
    if (!S3Settings.isRegion(region)) {
      throw new InvalidSettingException(
          PREFIX + "region", region, "a name such as eu-central-1, or nothing");
    }
    if (accessKeyId.isEmpty() != secretAccessKey.isEmpty()) {
      throw new InvalidSettingException(
          PREFIX + (accessKeyId.isEmpty() ? "access-key-id" : "secret-access-key"),
          "",
          "a value, as the other half of the credentials has one");
    }
  }

  /// The same for what opens the store.
  ///
  /// @return how it is reached
  public S3Settings settings() {
    return new S3Settings(
        endpoint,
        region,
        S3Settings.PathStyle.of(pathStyle),
        accessKeyId,
        secretAccessKey,
        new S3Settings.Limits(
            silenceMax, requestTimeMax, attemptsMax, Math.toIntExact(partBytes.toBytes())));
  }

  /// Without the key and its secret.
  @Override
  public String toString() {
    return settings().toString();
  }
}
