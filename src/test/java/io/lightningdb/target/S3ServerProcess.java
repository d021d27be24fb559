package io.lightningdb.target;

import java.io.IOException;

/// Main class of the process of [S3Server], which ends with its parent.
final class S3ServerProcess {
  private S3ServerProcess() {}

  public static void main(String[] arguments) throws ReflectiveOperationException {
    // The parent never writes anything: its end of the pipe closes when it dies.
    Thread.ofPlatform().daemon().name("parent").start(S3ServerProcess::endWithParent);
    // Not on the class path that this was compiled with.
    Class.forName("org.gaul.s3proxy.Main")
        .getMethod("main", String[].class)
        .invoke(null, (Object) arguments);
  }

  private static void endWithParent() {
    try {
      System.in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException _) {
      // As good as its end.
    }
    Runtime.getRuntime().halt(0);
  }
}
