package io.lightningdb.engine.testkit;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// The names of a directory: as processes see them, and as the disk has them.
///
/// *Confined to its [SimulatedStorage], which locks.*
final class SimulatedDirectory {
  private final NavigableMap<String, SimulatedFile> visible = new TreeMap<>();
  private final NavigableMap<String, SimulatedFile> durable = new TreeMap<>();

  /// Since the last sync, in order.
  private final List<Change> pending = new ArrayList<>();

  private sealed interface Change {
    /// Names whose entries it reads or writes: changes that share a name keep their order on the disk.
    Set<String> names();

    void applyTo(Map<String, SimulatedFile> entries);
  }

  private record Create(String name, SimulatedFile file) implements Change {
    @Override
    public Set<String> names() {
      return Set.of(name);
    }

    @Override
    public void applyTo(Map<String, SimulatedFile> entries) {
      entries.put(name, file);
    }
  }

  private record Delete(String name) implements Change {
    @Override
    public Set<String> names() {
      return Set.of(name);
    }

    @Override
    public void applyTo(Map<String, SimulatedFile> entries) {
      entries.remove(name);
    }
  }

  /// One step: no power failure leaves both names or none.
  private record Rename(String from, String to) implements Change {
    @Override
    public Set<String> names() {
      return Set.of(from, to);
    }

    @Override
    public void applyTo(Map<String, SimulatedFile> entries) {
      SimulatedFile file = entries.remove(from);
      if (file == null) {
        throw new IllegalStateException("rename of " + from + " before it exists");
      }
      entries.put(to, file);
    }
  }

  NavigableMap<String, SimulatedFile> entries() {
    return visible;
  }

  SimulatedFile get(String name) throws NoSuchFileException {
    SimulatedFile file = visible.get(name);
    if (file == null) {
      throw new NoSuchFileException(name);
    }
    return file;
  }

  SimulatedFile create(String name) throws FileAlreadyExistsException {
    if (visible.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    SimulatedFile file = SimulatedFile.of(new byte[0]);
    change(new Create(name, file));
    return file;
  }

  void delete(String name) throws NoSuchFileException {
    get(name);
    change(new Delete(name));
  }

  void rename(String from, String to) throws NoSuchFileException {
    get(from);
    if (!from.equals(to)) {
      change(new Rename(from, to));
    }
  }

  private void change(Change change) {
    change.applyTo(visible);
    pending.add(change);
  }

  void sync() {
    pending.clear();
    durable.clear();
    durable.putAll(visible);
  }

  /// Adds a file that is on the disk already.
  void addDurable(String name, SimulatedFile file) {
    visible.put(name, file);
    durable.put(name, file);
  }

  /// The directory after the death of the process.
  SimulatedDirectory afterKill() {
    Map<SimulatedFile, SimulatedFile> copies = new HashMap<>();
    UnaryOperator<SimulatedFile> copy =
        file -> copies.computeIfAbsent(file, SimulatedFile::afterKill);
    SimulatedDirectory after = new SimulatedDirectory();
    visible.forEach((name, file) -> after.visible.put(name, copy.apply(file)));
    durable.forEach((name, file) -> after.durable.put(name, copy.apply(file)));
    for (Change change : pending) {
      after.pending.add(
          switch (change) {
            case Create create -> new Create(create.name(), copy.apply(create.file()));
            case Delete delete -> delete;
            case Rename rename -> rename;
          });
    }
    return after;
  }

  /// The directory after a power failure.
  ///
  /// Some file systems keep a prefix of the changes, others any subset in which the changes to one name keep their order.
  SimulatedDirectory afterCrash(SplittableRandom random) {
    Map<String, SimulatedFile> left = new TreeMap<>(durable);
    if (random.nextBoolean()) {
      keepPrefix(left, random.nextInt(pending.size() + 1));
    } else {
      keepSubset(left, random);
    }
    SimulatedDirectory after = new SimulatedDirectory();
    left.forEach((name, file) -> after.addDurable(name, file.afterCrash(random)));
    return after;
  }

  private void keepPrefix(Map<String, SimulatedFile> entries, int count) {
    for (Change change : pending.subList(0, count)) {
      change.applyTo(entries);
    }
  }

  private void keepSubset(Map<String, SimulatedFile> entries, SplittableRandom random) {
    Set<String> lost = new HashSet<>();
    for (Change change : pending) {
      boolean dependsOnLost = change.names().stream().anyMatch(lost::contains);
      if (dependsOnLost || random.nextInt(3) == 0) {
        lost.addAll(change.names());
      } else {
        change.applyTo(entries);
      }
    }
  }
}
