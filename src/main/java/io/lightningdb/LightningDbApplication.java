package io.lightningdb;

import io.lightningdb.engine.io.FileModes;
import io.lightningdb.server.failure.LoggedOutOfMemory;
import io.lightningdb.server.failure.UncaughtFailures;
import io.lightningdb.server.start.GeneratedContext;
import io.lightningdb.tool.Commands;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.context.ApplicationListener;

/// The entry point: starts the server, or runs a command.
@SpringBootApplication(proxyBeanMethods = false)
public class LightningDbApplication {

  /// Called by Spring; the application has no state of its own.
  LightningDbApplication() {}

  /// Runs a command if the arguments start with one, and starts the server if not. A command that fails ends the
  /// process with its exit code, and so does memory that is exhausted, with [UncaughtFailures#EXIT_OUT_OF_MEMORY].
  ///
  /// @param args a command with its arguments, or settings of the server in the form `--name=value`
  public static void main(String[] args) {
    // Without what a shutdown does: nothing of this process can be relied on then.
    Thread.setDefaultUncaughtExceptionHandler(
        new UncaughtFailures(code -> Runtime.getRuntime().halt(code), System.err));
    if (!Commands.isCommand(args)) {
      serve(args);
      return;
    }
    int exitCode = Commands.run(args, LightningDbApplication::serve);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /// Starts the server and returns once it answers requests; threads of the server keep the process alive. If it cannot
  /// start, the reason has been logged when this throws.
  ///
  /// @param args settings in the form `--name=value`, which override those of files and of the environment
  static void serve(String... args) {
    FileModes.maskOthers();
    SpringApplication application = new SpringApplication(LightningDbApplication.class);
    application.addListeners(
        new GeneratedContext(),
        (ApplicationListener<ApplicationPreparedEvent>) _ -> LoggedOutOfMemory.watch());
    application.run(args);
  }
}
