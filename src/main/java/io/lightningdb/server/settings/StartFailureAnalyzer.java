package io.lightningdb.server.settings;

import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.target.ObjectStoreException;
import io.lightningdb.token.TokenFile;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.validation.FieldError;

/// Says in a paragraph why the service does not start and what to do, where Spring would print a stack trace. Called by
/// Spring.
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class StartFailureAnalyzer implements FailureAnalyzer {
  private static final int CAUSES_MAX = 50;

  /// Called by Spring.
  public StartFailureAnalyzer() {}

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
      Throwable told =
          switch (cause) {
            case BindException bind -> told(bind);
            case BindValidationException bind -> told(bind);
            default -> cause;
          };
      String action = action(told);
      if (action != null) {
        return new FailureAnalysis(String.valueOf(told.getMessage()), action, told);
      }
      cause = cause.getCause();
    }
    return null;
  }

  /// A value that an annotation of [LightningProperties] forbids.
  private static Throwable told(BindValidationException cause) {
    return cause.getValidationErrors().getAllErrors().stream()
        .filter(FieldError.class::isInstance)
        .map(FieldError.class::cast)
        .findFirst()
        .<Throwable>map(error ->
            new InvalidSettingException(
                cause.getValidationErrors().getName()
                    + "."
                    + SettingNames.kebabCase(error.getField()),
                String.valueOf(error.getRejectedValue()),
                String.valueOf(error.getDefaultMessage())))
        .orElse(cause);
  }

  /// A word that is none of those allowed.
  private static Throwable told(BindException cause) {
    Class<?> type = cause.getTarget().getType().resolve(Object.class);
    ConfigurationProperty property = cause.getProperty();
    if (!type.isEnum() || property == null) {
      return cause;
    }
    List<String> words =
        Stream.of(type.getEnumConstants()).map(StartFailureAnalyzer::word).toList();
    return InvalidSettingException.ofWord(
        cause.getName().toString(), String.valueOf(property.getValue()), words);
  }

  private static String word(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static @Nullable String action(Throwable cause) {
    return switch (cause) {
      case UnknownSettingException _ -> "Correct the name, or remove the setting.";
      case InvalidSettingException _ -> "Correct the value.";
      case ObjectStoreException _ -> "Correct the settings of lightning.backup.s3.";
      case OpenAddressException _ ->
          "Make a token while the service is stopped (java -jar lightningdb.jar token create <data"
              + " directory> --name=root --role=admin --keyspaces='*'), or set"
              + " lightning.security.admin-token-hash to the SHA-256 of one, or"
              + " spring.security.oauth2.resourceserver.jwt.issuer-uri to your identity provider. Or"
              + " listen on 127.0.0.1. Nothing was changed.";
      case SecuredDirectoryException _ ->
          "Put the file TOKENS of the database back into the directory, where a restore or a copy has"
              + " left it out; or make a new token (java -jar lightningdb.jar token create <data"
              + " directory> --name=root --role=admin --keyspaces='*'), set"
              + " lightning.security.admin-token-hash, or set"
              + " spring.security.oauth2.resourceserver.jwt.issuer-uri. If everybody on this machine is"
              + " to have all rights from now on: java -jar lightningdb.jar token disable <data"
              + " directory>. Nothing was changed.";
      case EngineException engine -> action(engine);
      case CorruptionException damage when damage.file().equals(TokenFile.NAME) ->
          "Nothing was changed. Put the file TOKENS back from a copy; or move it away, make new tokens"
              + " with the tool `token create` and hand them out, as the runbook \"tokens\" says. Without"
              + " the file and other credentials the service does not start.";
      default -> null;
    };
  }

  private static @Nullable String action(EngineException cause) {
    return switch (cause) {
      case EngineException.DirectoryInUse _ ->
          "Stop the other process, or set lightning.data-directory to another directory. Nothing was changed.";
      case EngineException.FormatTooNew _ ->
          "Start a version of Lightning DB that is at least as new as the one that wrote the directory."
              + " Nothing was changed.";
      case EngineException.Corruption _ ->
          "Nothing was changed. Copy the directory, run the tool `verify` on it to see all faults, and"
              + " follow the runbook \"will not start after a crash\".";
      case EngineException.StorageFailed failed when failed.isPassing() ->
          "Make space on the volume of lightning.data-directory, or raise the limit of open files or"
              + " memory that is named, and start again. Nothing was changed.";
      case EngineException.StorageFailed _ ->
          "Check that lightning.data-directory names a directory that this user may read and write, and"
              + " that its disk works.";
      case EngineException.ReadOnly _,
          EngineException.DiskReserveReached _,
          EngineException.WritesSwitchedOff _,
          EngineException.Overloaded _,
          EngineException.DeadlineExceeded _,
          EngineException.OutcomeUnknown _,
          EngineException.LimitExceeded _,
          EngineException.ConditionFailed _,
          EngineException.KeyspaceNotFound _,
          EngineException.TransactionConflict _,
          EngineException.VersionNotRetained _,
          EngineException.Deadlock _,
          EngineException.LockTimeout _,
          EngineException.TransactionEnded _,
          EngineException.SnapshotEnded _,
          EngineException.BackupFailed _,
          EngineException.Closed _ ->
          null;
    };
  }
}
