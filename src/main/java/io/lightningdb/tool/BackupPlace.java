package io.lightningdb.tool;

import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.target.S3Settings;
import io.lightningdb.target.TargetAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// Where backups are, as a command line says it.
final class BackupPlace {
  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      paramLabel = "BACKUPS",
      description =
          "The directory that holds the backups, or s3://bucket/prefix. Credentials for a bucket are"
              + " taken from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the files of the AWS SDK, or"
              + " the role of the machine.")
  private String place;

  @Option(
      names = "--s3-endpoint",
      paramLabel = "URL",
      description =
          "Where the object store is; AWS if this and LIGHTNING_BACKUP_S3_ENDPOINT are left out.")
  private @Nullable String endpoint;

  @Option(
      names = "--s3-region",
      paramLabel = "REGION",
      description =
          "Its region; that of LIGHTNING_BACKUP_S3_REGION, or of AWS_REGION, if this is left out.")
  private @Nullable String region;

  @Option(
      names = "--s3-path-style",
      description =
          "Name the bucket in the path, as most stores other than AWS want it; also"
              + " LIGHTNING_BACKUP_S3_PATHSTYLE=true.")
  private boolean pathStyle;

  BackupPlace() {}

  /// Opens it.
  ///
  /// @throws NotADatabaseException if there is no such directory
  /// @throws IOException if the store cannot be reached with what is known of it
  BackupTarget open() throws IOException, NotADatabaseException {
    try {
      TargetAddress address = TargetAddress.parse(place);
      if (address instanceof TargetAddress.Directory(Path directory)) {
        requireDirectory(directory);
      }
      return address.open(settings());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(),
          "Where the backups are is not understood: " + e.getMessage() + ".",
          e);
    }
  }

  private static void requireDirectory(Path directory) throws NotADatabaseException {
    if (!Files.isDirectory(directory)) {
      throw new NotADatabaseException(
          directory + (Files.exists(directory) ? " is no directory" : " does not exist"));
    }
  }

  private S3Settings settings() {
    S3Settings known = S3Settings.of(System.getenv());
    return known.at(
        endpoint == null ? known.endpoint() : endpoint,
        region == null ? known.region() : region,
        pathStyle ? S3Settings.PathStyle.ON : known.pathStyle());
  }
}
