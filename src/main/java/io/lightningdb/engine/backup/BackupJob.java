package io.lightningdb.engine.backup;

import io.lightningdb.engine.backup.BackupException.Kind;
import io.lightningdb.engine.backup.BackupSource.Moment;
import io.lightningdb.engine.backup.BackupTarget.StoredObject;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.log.SegmentEncoder;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.run.RunCopy;
import io.lightningdb.engine.run.RunWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes one backup of a database in use. *Confined to one thread.*
///
/// The log goes first, since its segments stay on the disk as long as it is read; then the runs, each verified as it is
/// copied; then the entry of the catalogue, without which there is no backup. What is left of one that fails can be
/// resumed.
public final class BackupJob {
  private static final int BUFFER_BYTES = 64 << 10;

  // How long a cancelled backup goes on waiting at most.
  private static final long PAUSE_NANOS_MAX = 100_000_000;

  private final BackupSource source;
  private final BackupTarget target;
  private final BackupRequest request;
  private final Catalogue catalogue;
  private final RateLimit limit;
  private final String id;
  private long bytesDone;
  private long bytesAll;

  /// Prepares a backup.
  ///
  /// @param source the database
  /// @param target where to
  /// @param request how
  public BackupJob(BackupSource source, BackupTarget target, BackupRequest request) {
    this.source = source;
    this.target = target;
    this.request = request;
    this.catalogue = new Catalogue(target);
    this.limit = new RateLimit(request.bytesPerSecondMax());
    this.id =
        request
            .resume()
            .orElseGet(() -> ObjectNames.newId(source.clock().millis(), source.random()));
  }

  /// The id of the backup.
  ///
  /// @return names it in the catalogue once it is there, and resumes it if it fails
  public String id() {
    return id;
  }

  /// Makes the backup.
  ///
  /// @return its entry, which is in the catalogue
  /// @throws io.lightningdb.engine.format.CorruptionException if a file of the database is damaged
  /// @throws BackupException if it was cancelled, or the target does not fit
  /// @throws IOException if the disk or the target fails
  public BackupEntry run() throws IOException {
    Catalogue.Listing listing = catalogue.list();
    checkResume(listing);
    Optional<BackupEntry> parent = parent();
    try (Moment moment = source.moment()) {
      checkTarget(listing, parent, moment);
      BackupEntry entry = copy(moment, parent);
      deleteSuperfluous(entry);
      stopIfCancelled();
      catalogue.put(entry);
      return entry;
    }
  }

  private void checkResume(Catalogue.Listing listing) throws BackupException {
    if (request.resume().isPresent()
        && (!ObjectNames.isId(id)
            || listing.find(id).isPresent()
            || listing.damaged().contains(id))) {
      throw new BackupException(
          Kind.NOT_FOUND, "there is no unfinished backup " + id + " in " + target);
    }
  }

  private Optional<BackupEntry> parent() throws IOException {
    return request.parent().isPresent()
        ? Optional.of(catalogue.get(request.parent().get()))
        : Optional.empty();
  }

  private void checkTarget(Catalogue.Listing listing, Optional<BackupEntry> parent, Moment moment)
      throws BackupException {
    for (BackupEntry entry : listing.entries()) {
      if (entry.state().databaseId() != moment.state().databaseId()) {
        throw new BackupException(
            Kind.OTHER_DATABASE,
            "%s holds backups of another database, such as %s; give each database a place of its own"
                .formatted(target, entry.id()));
      }
    }
    if (parent.isPresent() && parent.get().version() > moment.version()) {
      throw new BackupException(
          Kind.OTHER_DATABASE,
          "backup %s is at version %d and the database at %d, so that it cannot be its parent; make a full backup"
              .formatted(parent.get().id(), parent.get().version(), moment.version()));
    }
  }

  private BackupEntry copy(Moment moment, Optional<BackupEntry> parent) throws IOException {
    Version state = moment.state();
    Map<String, Long> present = present(id);
    Map<String, BackupFile> inherited = inherited(parent);
    List<RunWriter.Identity> runs = runs(state);
    runs.removeIf(run -> inherited.containsKey(FileFormat.run(run.fileId())));
    bytesAll = bytes(state, inherited.keySet());
    List<BackupFile> files = new ArrayList<>();
    if (moment.version() > state.logStart().version()) {
      files.add(copyLog(moment));
    }
    for (RunWriter.Identity run : runs) {
      files.add(copyRun(run, present));
    }
    for (RunWriter.Identity run : runs(state)) {
      Optional.ofNullable(inherited.get(FileFormat.run(run.fileId()))).ifPresent(files::add);
    }
    return new BackupEntry(
        id,
        request.parent(),
        moment.millis(),
        parent.map(BackupEntry::version).orElse(0L),
        moment.version(),
        state,
        files);
  }

  private Map<String, Long> present(String owner) throws IOException {
    Map<String, Long> present = new HashMap<>();
    for (StoredObject object : target.list(ObjectNames.data(owner))) {
      present.put(object.name(), object.bytes());
    }
    return present;
  }

  /// The runs that the parent lists, and that are there.
  private Map<String, BackupFile> inherited(Optional<BackupEntry> parent) throws IOException {
    Map<String, BackupFile> inherited = new HashMap<>();
    Map<String, Map<String, Long>> owners = new HashMap<>();
    for (BackupFile file : parent.map(BackupEntry::files).orElse(List.of())) {
      if (!owners.containsKey(file.owner())) {
        owners.put(file.owner(), present(file.owner()));
      }
      Long bytes = owners.getOrDefault(file.owner(), Map.of()).get(file.object());
      if (FileFormat.runFileId(file.name()).isPresent() && bytes != null && bytes == file.bytes()) {
        inherited.put(file.name(), file);
      }
    }
    return inherited;
  }

  private static List<RunWriter.Identity> runs(Version state) {
    Set<Long> files = new HashSet<>();
    List<RunWriter.Identity> runs = new ArrayList<>();
    for (KeyspaceRecord keyspace : state.keyspaces().values()) {
      for (RunRecord run : keyspace.runs()) {
        if (files.add(run.fileId())) {
          runs.add(new RunWriter.Identity(state.databaseId(), keyspace.id(), run.fileId()));
        }
      }
    }
    return runs;
  }

  private static long bytes(Version state, Set<String> inherited) {
    return state.keyspaces().values().stream()
        .mapToLong(keyspace ->
            RunRecord.fileBytes(
                keyspace.runs().stream()
                    .filter(run -> !inherited.contains(FileFormat.run(run.fileId())))
                    .toList()))
        .sum();
  }

  /// The commits become one sealed segment, as large as needed.
  private BackupFile copyLog(Moment moment) throws IOException {
    Version state = moment.state();
    long sequence = state.logStart().sequence();
    long salt = ((long) source.random() << 32) | Integer.toUnsignedLong(source.random());
    var identity = new LogFormat.Identity(state.databaseId(), sequence, salt);
    return store(
        FileFormat.log(sequence),
        out -> {
          SegmentEncoder segment = new SegmentEncoder(identity, out);
          moment.readLog(segment::append);
          segment.seal(moment.version());
        },
        this::logPassed);
  }

  private BackupFile copyRun(RunWriter.Identity run, Map<String, Long> present) throws IOException {
    String name = FileFormat.run(run.fileId());
    BackupTarget.Content content = out -> RunCopy.copy(source.storage(), run, out);
    Optional<BackupFile> there =
        present.containsKey(ObjectNames.data(id) + name)
            ? compare(name, content)
            : Optional.empty();
    return there.isPresent() ? there.get() : store(name, content, this::runPassed);
  }

  /// Gives the file if the object that an earlier attempt has stored is the same as it.
  private Optional<BackupFile> compare(String name, BackupTarget.Content content)
      throws IOException {
    MeasuredOutput local = new MeasuredOutput(OutputStream.nullOutputStream(), this::runPassed);
    content.writeTo(local);
    BackupFile file = new BackupFile(name, id, local.bytes(), local.crc());
    try (InputStream in = target.get(file.object())) {
      MeasuredOutput stored =
          new MeasuredOutput(OutputStream.nullOutputStream(), _ -> stopIfCancelled());
      in.transferTo(stored);
      boolean same = stored.bytes() == local.bytes() && stored.crc() == local.crc();
      if (!same) {
        bytesDone -= local.bytes();
      }
      return same ? Optional.of(file) : Optional.empty();
    }
  }

  private BackupFile store(String name, BackupTarget.Content content, MeasuredOutput.Meter meter)
      throws IOException {
    Measured measured = new Measured(content, meter);
    target.put(ObjectNames.data(id) + name, measured);
    return new BackupFile(name, id, measured.bytes, measured.crc);
  }

  /// Content whose size and checksum are known once it was written.
  private static final class Measured implements BackupTarget.Content {
    private final BackupTarget.Content content;
    private final MeasuredOutput.Meter meter;
    private long bytes;
    private int crc;

    Measured(BackupTarget.Content content, MeasuredOutput.Meter meter) {
      this.content = content;
      this.meter = meter;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      MeasuredOutput measured = new MeasuredOutput(out, meter);
      BufferedOutputStream buffered = new BufferedOutputStream(measured, BUFFER_BYTES);
      content.writeTo(buffered);
      buffered.flush();
      bytes = measured.bytes();
      crc = measured.crc();
    }
  }

  /// The log is not slowed down, as its segments stay meanwhile, but what follows makes up for it.
  private void logPassed(int bytes) throws IOException {
    stopIfCancelled();
    bytesAll += bytes;
    count(bytes);
    limit.take(bytes, source.clock().nanoTime());
  }

  private void runPassed(int bytes) throws IOException {
    stopIfCancelled();
    count(bytes);
    long now = source.clock().nanoTime();
    long until = now + limit.take(bytes, now);
    for (long left = until - now; left > 0; left = until - source.clock().nanoTime()) {
      source.pause(Math.min(left, PAUSE_NANOS_MAX));
      stopIfCancelled();
    }
  }

  private void count(int bytes) {
    bytesDone += bytes;
    request.progress().done(bytesDone, Math.max(bytesDone, bytesAll));
  }

  private void stopIfCancelled() throws BackupException {
    if (request.cancelled().getAsBoolean() || source.isClosing()) {
      throw new BackupException(
          Kind.CANCELLED, "backup " + id + " was cancelled; it can be resumed by its id");
    }
  }

  /// Deletes what an earlier attempt has stored and this one has no use for.
  private void deleteSuperfluous(BackupEntry entry) throws IOException {
    Set<String> wanted = new HashSet<>();
    entry.files().forEach(file -> wanted.add(file.object()));
    catalogue.deleteFiles(id, object -> !wanted.contains(object));
  }
}
