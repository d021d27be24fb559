package io.lightningdb.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// A container of crun with a root that it cannot write to, no capabilities, and a network of its own in which there is
/// the loopback address alone.
final class Container implements AutoCloseable {
  /// A folder of the machine, or memory, in the container.
  ///
  /// @param source the folder, or empty for memory
  /// @param target where it is in the container
  /// @param options options of the mount
  record Mount(String source, String target, List<String> options) {}

  /// What a container is made of.
  ///
  /// @param root its files
  /// @param command what it runs
  /// @param environment variables, as NAME=value
  /// @param workingDirectory the folder that the command starts in
  /// @param user its user and group
  /// @param memoryBytes what it may use of memory
  /// @param mounts beside /proc, /dev and /sys
  /// @param network the container whose network it shares, as those of a pod do; or null for one of its own
  record Description(
      Path root,
      List<String> command,
      List<String> environment,
      String workingDirectory,
      int user,
      long memoryBytes,
      List<Mount> mounts,
      Container network) {}

  private static final long SIGTERM_CAUGHT = 1L << (15 - 1);
  private static final int SECONDS_MAX = 600;

  private final String name;
  private final Path folder;
  private final Path log;
  private final Process process;

  private Container(String name, Path folder, Process process) {
    this.name = name;
    this.folder = folder;
    this.log = folder.resolve("log");
    this.process = process;
  }

  /// Starts one that serves, and waits until it does.
  static Container start(String name, Path folder, Description description)
      throws IOException, InterruptedException {
    Container container = begin(name, folder, description);
    container.await(() -> container.told().contains("Tomcat started"));
    return container;
  }

  /// Starts one, and waits for nothing.
  static Container begin(String name, Path folder, Description description)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.json"),
        JsonMapper.shared().writeValueAsString(config(name, description)));
    Process process =
        new ProcessBuilder(
                crun(folder, "run", "--bundle", folder + "", "--pid-file", folder + "/pid", name))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    return new Container(name, folder, process);
  }

  /// crun takes one kind of control groups or the other; where a machine has both, it is shown those that limit memory.
  private static List<String> crun(Path folder, String... arguments) {
    String words =
        "! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified; exec crun \"$@\"";
    return Stream.concat(
            Stream.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                words,
                "crun",
                "--root",
                folder + "/state",
                "--cgroup-manager=cgroupfs"),
            Stream.of(arguments))
        .toList();
  }

  private static Map<String, Object> mount(
      String target, String type, String source, List<String> options) {
    return Map.of("destination", target, "type", type, "source", source, "options", options);
  }

  /// One of its own, or that of another container.
  private static Map<String, Object> network(Container other) throws IOException {
    return other == null
        ? Map.of("type", "network")
        : Map.of("type", "network", "path", "/proc/" + other.pid() + "/ns/net");
  }

  private static Map<String, Object> config(String name, Description description)
      throws IOException {
    List<String> sealed = List.of("nosuid", "noexec", "nodev", "ro");
    List<Map<String, Object>> mounts = new ArrayList<>();
    mounts.add(mount("/proc", "proc", "proc", List.of()));
    mounts.add(mount("/dev", "tmpfs", "tmpfs", List.of("nosuid", "mode=755", "size=64k")));
    mounts.add(mount("/sys", "sysfs", "sysfs", sealed));
    mounts.add(mount("/sys/fs/cgroup", "cgroup", "cgroup", sealed));
    for (Mount mount : description.mounts()) {
      boolean memory = mount.source().isEmpty();
      mounts.add(
          mount(
              mount.target(),
              memory ? "tmpfs" : "bind",
              memory ? "tmpfs" : mount.source(),
              mount.options()));
    }
    List<String> none = List.of();
    return Map.of(
        "ociVersion",
        "1.0.2",
        "hostname",
        name,
        "root",
        Map.of("path", description.root().toString(), "readonly", true),
        "process",
        Map.of(
            "user",
            Map.of("uid", description.user(), "gid", description.user()),
            "args",
            description.command(),
            "env",
            description.environment(),
            "cwd",
            description.workingDirectory(),
            "noNewPrivileges",
            true,
            "capabilities",
            Map.of(
                "bounding",
                none,
                "effective",
                none,
                "permitted",
                none,
                "inheritable",
                none,
                "ambient",
                none)),
        "mounts",
        mounts,
        "linux",
        Map.of(
            "namespaces",
            Stream.concat(
                    Stream.of("pid", "ipc", "uts", "mount")
                        .map(type -> Map.<String, Object>of("type", type)),
                    Stream.of(network(description.network())))
                .toList(),
            "resources",
            Map.of("memory", Map.of("limit", description.memoryBytes())),
            "cgroupsPath",
            "/" + name + "-" + ProcessHandle.current().pid()));
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private void await(Condition condition) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (!condition.holds()) {
      if (process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
        throw new IOException(name + " did not start: " + told());
      }
    }
  }

  /// Waits until its first process heeds SIGTERM: the system drops a signal to the first process of a container that has
  /// no handler for it.
  void awaitHandler() throws IOException, InterruptedException {
    await(this::heedsSigterm);
  }

  private boolean heedsSigterm() throws IOException {
    if (!Files.exists(folder.resolve("pid")) || pid().isEmpty()) {
      return false;
    }
    Path status = Path.of("/proc", pid(), "status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigCgt:"))
            .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .anyMatch(caught -> (caught & SIGTERM_CAUGHT) != 0);
  }

  String told() throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }

  /// The process, as the machine numbers it.
  String pid() throws IOException {
    return Files.readString(folder.resolve("pid")).strip();
  }

  /// Runs a program of the machine in the network of the container.
  Made.Ended outside(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("nsenter", "--target", pid(), "--net"));
    line.addAll(command);
    return Made.run(folder, environment, line);
  }

  /// Runs a program of the image in the container.
  Made.Ended inside(List<String> command) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(crun(folder, "exec", name));
    line.addAll(command);
    return Made.run(folder, Map.of(), line);
  }

  /// Ends it by SIGTERM.
  int stop() throws IOException, InterruptedException {
    Made.run(folder, Map.of(), crun(folder, "kill", name, "TERM"));
    return ended();
  }

  /// Waits for its end.
  ///
  /// @return its exit code
  int ended() throws IOException, InterruptedException {
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      throw new IOException(name + " did not stop: " + told());
    }
    return process.exitValue();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (process.isAlive()) {
      Made.run(folder, Map.of(), crun(folder, "kill", name, "KILL"));
      process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
    }
  }
}
