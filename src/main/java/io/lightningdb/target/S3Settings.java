package io.lightningdb.target;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How an object store is reached. Immutable.
///
/// @param endpoint its URL; empty for that of AWS in the region
/// @param region its region; empty for what the environment says, and `us-east-1` where that says nothing and there is an endpoint
/// @param pathStyle whether the bucket is named in the path, rather than in the name of the host
/// @param accessKeyId who asks; empty to look, in this order, at the system properties and environment variables of the AWS
///     SDK, its files, and what the container or the machine is given
/// @param secretAccessKey proves it; empty if and only if `accessKeyId` is
/// @param limits how much and how long
public record S3Settings(
    String endpoint,
    String region,
    PathStyle pathStyle,
    String accessKeyId,
    String secretAccessKey,
    Limits limits) {

  private static final String ENVIRONMENT = "LIGHTNING_BACKUP_S3_";
  private static final int MIB = 1 << 20;

  /// Checks the endpoint, the region, and that a key has its secret.
  ///
  /// @throws IllegalArgumentException saying what is wrong
  public S3Settings {
    if (!isEndpoint(endpoint)) {
      throw new IllegalArgumentException(
          "the endpoint " + endpoint + " is no URL such as https://store.example:9000");
    }
    if (!isRegion(region)) {
      throw new IllegalArgumentException(
          "the region " + region + " is no name such as eu-central-1");
    }
    if (accessKeyId.isEmpty() != secretAccessKey.isEmpty()) {
      throw new IllegalArgumentException(
          "an access key id and a secret access key, or neither of them");
    }
  }

  /// Tells whether a text can be an endpoint.
  ///
  /// @param text the text
  /// @return true for nothing, and for an URL of HTTP or HTTPS that names a host
  public static boolean isEndpoint(String text) {
    try {
      URI url = new URI(text);
      return text.isEmpty()
          || (url.getHost() != null && List.of("http", "https").contains(url.getScheme()));
    } catch (URISyntaxException _) {
      return false;
    }
  }

  /// Tells whether a text can be a region.
  ///
  /// @param text the text
  /// @return true for nothing, and for letters, digits and `-`
  public static boolean isRegion(String text) {
    return text.matches("[A-Za-z0-9-]{0,63}");
  }

  /// Where requests name the bucket.
  public enum PathStyle {
    /// In the path, as most stores other than that of AWS want it.
    ON,
    /// In the name of the host.
    OFF;

    /// The style of a flag.
    ///
    /// @param on whether the path names the bucket
    /// @return the style
    public static PathStyle of(boolean on) {
      return on ? ON : OFF;
    }
  }

  /// How much and how long.
  ///
  /// @param silenceMax how long the store may take to accept a connection, or to send the next bytes
  /// @param requestTimeMax how long one request may take with all its attempts, apart from reading what it returns
  /// @param attemptsMax how often a request is sent until it succeeds, at least 1
  /// @param partBytes size of the parts that an object is sent in, which are held in memory one at a time, 5 MiB at least
  public record Limits(
      Duration silenceMax, Duration requestTimeMax, int attemptsMax, int partBytes) {

    /// Smallest part that stores accept.
    public static final int PART_BYTES_MIN = 5 * MIB;

    /// Checks the figures.
    ///
    /// @throws IllegalArgumentException if one of them allows nothing
    public Limits {
      if (attemptsMax < 1 || partBytes < PART_BYTES_MIN) {
        throw new IllegalArgumentException(
            "attemptsMax=" + attemptsMax + ", partBytes=" + partBytes);
      }
    }

    /// What fits most stores.
    ///
    /// @return 20 s of silence, 2 minutes a request, 4 attempts, parts of 8 MiB
    public static Limits defaults() {
      return new Limits(Duration.ofSeconds(20), Duration.ofMinutes(2), 4, 8 * MIB);
    }
  }

  /// Reads settings from environment variables, which are spelt as those of the service are: `LIGHTNING_BACKUP_S3_ENDPOINT`,
  /// `_REGION`, `_PATHSTYLE`, `_ACCESSKEYID` and `_SECRETACCESSKEY`.
  ///
  /// @param environment the variables
  /// @return settings with the default limits
  /// @throws IllegalArgumentException if a key has no secret
  public static S3Settings of(Map<String, String> environment) {
    return new S3Settings(
        environment.getOrDefault(ENVIRONMENT + "ENDPOINT", ""),
        environment.getOrDefault(ENVIRONMENT + "REGION", ""),
        PathStyle.of(Boolean.parseBoolean(environment.get(ENVIRONMENT + "PATHSTYLE"))),
        environment.getOrDefault(ENVIRONMENT + "ACCESSKEYID", ""),
        environment.getOrDefault(ENVIRONMENT + "SECRETACCESSKEY", ""),
        Limits.defaults());
  }

  /// The same store, reached in another way.
  ///
  /// @param otherEndpoint its URL; empty for that of AWS
  /// @param otherRegion its region; empty for what the environment says
  /// @param style where requests name the bucket
  /// @return other settings
  public S3Settings at(String otherEndpoint, String otherRegion, PathStyle style) {
    return new S3Settings(otherEndpoint, otherRegion, style, accessKeyId, secretAccessKey, limits);
  }

  /// Without the key and its secret.
  @Override
  public String toString() {
    return "S3Settings[endpoint=%s, region=%s, pathStyle=%s, %s]"
        .formatted(endpoint, region, pathStyle, limits);
  }
}
