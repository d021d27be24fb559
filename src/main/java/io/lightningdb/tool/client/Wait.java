package io.lightningdb.tool.client;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;

/// Does nothing.
@Command(
    name = "wait",
    header = "Does nothing until it is ended by SIGTERM or Ctrl-C.",
    description =
        "For a container that is to be worked in, such as a pod for maintenance: it needs no shell.",
    footer = {"", "Examples:", "  java -jar lightningdb.jar wait"})
final class Wait implements Callable<Integer> {
  /// Called with the session of the process, which it does not need.
  Wait(Session session) {}

  @Override
  public Integer call() throws ClientException {
    try {
      new CountDownLatch(1).await();
      return ClientExit.OK;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ClientExit.INTERRUPTED;
    }
  }
}
