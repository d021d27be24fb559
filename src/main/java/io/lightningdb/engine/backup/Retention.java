package io.lightningdb.engine.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which backups are kept: the newest few, those that are young enough, and all that these build on. Immutable.
///
/// @param backupsMin how many of the newest are kept whatever their age, at least 1
/// @param age for how long a backup is kept; zero to keep none for its age
public record Retention(int backupsMin, Duration age) {

  /// Checks the figures.
  ///
  /// @throws IllegalArgumentException if no backup at all would be kept, or the age is negative
  public Retention {
    if (backupsMin < 1 || age.isNegative()) {
      throw new IllegalArgumentException("backupsMin=" + backupsMin + ", age=" + age);
    }
  }

  /// Tells which backups are no longer kept.
  ///
  /// @param entries all backups, oldest first
  /// @param now the time
  /// @return their ids, oldest first; none of them has a descendant that is kept
  public List<String> expired(List<BackupEntry> entries, Instant now) {
    Map<String, BackupEntry> byId = new HashMap<>();
    entries.forEach(entry -> byId.put(entry.id(), entry));
    Set<String> kept = new HashSet<>();
    int newest = entries.size() - backupsMin;
    for (int i = 0; i < entries.size(); i++) {
      BackupEntry entry = entries.get(i);
      if (i >= newest || Instant.ofEpochMilli(entry.createdMillis()).plus(age).isAfter(now)) {
        keepWithAncestors(entry, byId, kept);
      }
    }
    return entries.stream().map(BackupEntry::id).filter(id -> !kept.contains(id)).toList();
  }

  private static void keepWithAncestors(
      BackupEntry entry, Map<String, BackupEntry> byId, Set<String> kept) {
    @Nullable BackupEntry next = entry;
    while (next != null && kept.add(next.id())) {
      next.files().forEach(file -> kept.add(file.owner()));
      next = next.parent().map(byId::get).orElse(null);
    }
  }
}
