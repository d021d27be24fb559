package io.lightningdb.server.settings;

import io.lightningdb.engine.BottomCompression;
import io.lightningdb.engine.Compression;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.Layout;
import io.lightningdb.engine.PointIndex;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.target.TargetAddress;
import io.lightningdb.token.KeyspacePattern;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/// Every setting of the database, read once at the start. Sizes are written as `16MB` (1 MB = 1,048,576 bytes), durations as
/// `100ms` or `5s`. A name that is not here stops the start; so does a value outside its range.
///
/// @param preset defaults for other settings, by what the service is used for. Default `balanced`
/// @param dataDirectory directory that holds the database, made if it is missing; one process at a time uses it. Relative
///     names start at the working directory. Default `data`
/// @param limits what one request may ask for
/// @param requests how many requests are served at a time, and may come from one client
/// @param connections how many connections there may be, and how slow their clients
/// @param http what is in front of the service
/// @param cors which pages in browsers may call the service
/// @param compression which answers are compressed
/// @param transactions what transactions may use up
/// @param log the write-ahead log
/// @param memtable what is held in memory before it is written to runs
/// @param run the files that entries rest in
/// @param compaction how flushes and merges are done
/// @param scrub how everything on disk is verified again in the background
/// @param disk what is kept free of the disk
/// @param memory what all parts of the database take together
/// @param keyspaceDefaults options of keyspaces that are created without them
/// @param writeWaitMax longest time that a write waits for flushes and merges to catch up before it is refused with 503, 0s to
///     1m. Default `10s`
/// @param backup where backups are kept, and when they are made
/// @param cursorSecret text that list cursors are signed with; empty means a random one at every start. Default empty
/// @param security who clients are, and what is written down of them
/// @param tracing where traces of requests are sent
@Validated
@ConfigurationProperties("lightning")
public record LightningProperties(
    @DefaultValue("balanced") Preset preset,
    @NotBlank(message = "the name of a directory") @DefaultValue("data") String dataDirectory,
    @Valid @DefaultValue RequestLimits limits,
    @DefaultValue Requests requests,
    @DefaultValue Connections connections,
    @DefaultValue Http http,
    @DefaultValue Cors cors,
    @DefaultValue ResponseCompression compression,
    @Valid @DefaultValue Transactions transactions,
    @Valid @DefaultValue Log log,
    @Valid @DefaultValue Memtable memtable,
    @Valid @DefaultValue Run run,
    @DefaultValue Compaction compaction,
    @DefaultValue Scrub scrub,
    @DefaultValue Disk disk,
    @DefaultValue Memory memory,
    @Valid @DefaultValue KeyspaceDefaults keyspaceDefaults,
    @DefaultValue("10s") Duration writeWaitMax,
    @DefaultValue Backup backup,
    @DefaultValue("") String cursorSecret,
    @DefaultValue Security security,
    @DefaultValue Tracing tracing) {

  // Ends of the sentence that StartFailureAnalyzer says of a setting.
  private static final String AT_LEAST = "at least {value}";
  private static final String AT_MOST = "at most {value}";
  private static final int COUNT_MAX = 100_000;
  private static final DataSize GIB = DataSize.ofGigabytes(1);

  /// Checks the ranges, and lowers what one request may ask for to what there is memory for.
  ///
  /// @throws InvalidSettingException naming the setting, its value and what is allowed
  public LightningProperties {
    limits = limits.within(Memory.budgetOfHeapBytes());
    transactions = transactions.within(Memory.budgetOfHeapBytes());
    SettingRange.check(
        "lightning.write-wait-max", writeWaitMax, Duration.ZERO, Duration.ofMinutes(1));
    if (!backup.directory().isBlank()
        && TargetAddress.parse(backup.directory()) instanceof TargetAddress.Directory(Path place)
        && absolute(place).equals(absolute(Path.of(dataDirectory)))) {
      throw new InvalidSettingException(
          "lightning.backup.directory",
          backup.directory(),
          "another directory than lightning.data-directory, best on another disk");
    }
  }

  private static Path absolute(Path directory) {
    return directory.toAbsolutePath().normalize();
  }

  /// Where the database lives.
  ///
  /// @return the data directory, as the operator named it
  public Path directory() {
    return Path.of(dataDirectory);
  }

  /// What one request may ask for. Published at `GET /v1/limits`.
  ///
  /// A request at its limit must always find memory, so a small heap lowers the sizes: values, batches and pages to a seventh of the budget that
  /// it has by default, lines of an import to a fifth.
  ///
  /// @param valueBytesMax largest value, 1B to 16MB. Default `16MB`
  /// @param batchBytesMax largest commit as it stands in the log, and largest body of a batch or multiget request, up to 64MB;
  ///     at least 16KB more than a value. Default `64MB`
  /// @param batchOperationsMax most operations of a batch, 1 to 100,000. Default `10000`
  /// @param pageEntriesDefault entries of a page where the request names no `limit`, 1 up to page-entries-max. Default `100`
  /// @param pageEntriesMax greatest `limit` of a page, 1 to 100,000. Default `10000`
  /// @param pageBytesMax keys and values of a page, in bytes; a page ends before the entry that would exceed it, but holds at
  ///     least one, 1KB to 64MB. Default `8MB`
  /// @param multigetKeysMax most keys of a multiget, 1 to 100,000. Default `10000`
  /// @param multigetBytesMax most bytes of all values that a multiget answers, value-bytes-max to 1GB. Default `64MB`
  /// @param importLineBytesMax longest line (CSV: row) of an import, 1KB to 64MB. Default `24MB`
  /// @param importExpansionMax most bytes that each byte of a gzip body may expand to, beyond the first MB, 10 to 1100, which gzip cannot
  ///     reach. Exports keep to it. Default `100`
  /// @param keyspacesMax most keyspaces at a time, 1 to 10,000. Default `1000`
  /// @param waitForVersionMax longest wait for `Lightning-Version-At-Least`, 0s to 1m. Default `5s`
  /// @param cursorAgeMax how long a list may rest between two pages before its cursor expires, 1s to 1h. Default `5m`
  /// @param cursorsMax most lists that are being walked at a time, shared among callers; one more of a caller ends its own that
  ///     rested longest, 1 to 100,000. Default `1000`
  public record RequestLimits(
      @DefaultValue("16MB") DataSize valueBytesMax,
      @DefaultValue("64MB") DataSize batchBytesMax,
      @Min(value = 1, message = AT_LEAST)
          @Max(value = COUNT_MAX, message = AT_MOST)
          @DefaultValue("10000")
          int batchOperationsMax,
      @DefaultValue("100") int pageEntriesDefault,
      @DefaultValue("10000") int pageEntriesMax,
      @DefaultValue("8MB") DataSize pageBytesMax,
      @Min(value = 1, message = AT_LEAST)
          @Max(value = COUNT_MAX, message = AT_MOST)
          @DefaultValue("10000")
          int multigetKeysMax,
      @DefaultValue("64MB") DataSize multigetBytesMax,
      @DefaultValue("24MB") DataSize importLineBytesMax,
      @DefaultValue("100") int importExpansionMax,
      @Min(value = 1, message = AT_LEAST)
          @Max(value = Limits.KEYSPACES_MAX, message = AT_MOST)
          @DefaultValue("1000")
          int keyspacesMax,
      @DefaultValue("5s") Duration waitForVersionMax,
      @DefaultValue("5m") Duration cursorAgeMax,
      @Min(value = 1, message = AT_LEAST)
          @Max(value = COUNT_MAX, message = AT_MOST)
          @DefaultValue("1000")
          int cursorsMax) {

    private static final DataSize KIB = DataSize.ofKilobytes(1);
    private static final DataSize LEAST_BATCH_MORE = DataSize.ofKilobytes(16);
    private static final int BATCHES_IN_BUDGET = 7;
    private static final int LINES_IN_BUDGET = 5;
    private static final String PREFIX = "lightning.limits.";
    private static final DataSize BATCH_MAX = DataSize.ofBytes(Limits.BATCH_BYTES_MAX);

    /// Checks the ranges.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public RequestLimits {
      SettingRange.check(
          PREFIX + "value-bytes-max", valueBytesMax, DataSize.ofBytes(1), DataSize.ofMegabytes(16));
      DataSize leastBatch = DataSize.ofBytes(valueBytesMax.toBytes() + LEAST_BATCH_MORE.toBytes());
      SettingRange.check(PREFIX + "batch-bytes-max", batchBytesMax, leastBatch, BATCH_MAX);
      SettingRange.check(PREFIX + "page-entries-max", pageEntriesMax, 1, COUNT_MAX);
      SettingRange.check(PREFIX + "page-entries-default", pageEntriesDefault, 1, pageEntriesMax);
      SettingRange.check(PREFIX + "page-bytes-max", pageBytesMax, KIB, BATCH_MAX);
      SettingRange.check(PREFIX + "multiget-bytes-max", multigetBytesMax, valueBytesMax, GIB);
      SettingRange.check(PREFIX + "import-line-bytes-max", importLineBytesMax, KIB, BATCH_MAX);
      SettingRange.check(PREFIX + "import-expansion-max", importExpansionMax, 10, 1100);
      SettingRange.check(
          PREFIX + "wait-for-version-max", waitForVersionMax, Duration.ZERO, Duration.ofMinutes(1));
      SettingRange.check(
          PREFIX + "cursor-age-max", cursorAgeMax, Duration.ofSeconds(1), Duration.ofHours(1));
    }

    /// These limits, lowered to what a request finds memory for while others have their shares.
    private RequestLimits within(long budgetBytes) {
      long batch = Math.min(batchBytesMax.toBytes(), budgetBytes / BATCHES_IN_BUDGET);
      long value = Math.min(valueBytesMax.toBytes(), batch - LEAST_BATCH_MORE.toBytes());
      long page = Math.min(pageBytesMax.toBytes(), batch);
      long line = Math.min(importLineBytesMax.toBytes(), budgetBytes / LINES_IN_BUDGET);
      return new RequestLimits(
          DataSize.ofBytes(value),
          DataSize.ofBytes(batch),
          batchOperationsMax,
          pageEntriesDefault,
          pageEntriesMax,
          DataSize.ofBytes(page),
          multigetKeysMax,
          multigetBytesMax,
          DataSize.ofBytes(line),
          importExpansionMax,
          keyspacesMax,
          waitForVersionMax,
          cursorAgeMax,
          cursorsMax);
    }
  }

  /// How many connections of clients there may be, and how slow a client may be while the service waits for it. A management port has
  /// connections of its own.
  ///
  /// @param openMax most connections open at a time, 16 to 100,000. As their number nears it, those that have been idle for longest are
  ///     closed. Fewer where the limit of open files, or the heap (an eighth of it at 64 KiB each), leaves no more. Default `8192`
  /// @param perAddressMax most connections of one address, from half of open-max up to open-max, or 0 for half of it; loopback addresses and
  ///     trusted proxies are not held to it. Default `0`
  /// @param bytesPerSecondMin bytes that a client has to send of a body, or take of an answer, in a second on average, 0B to 1MB; 0B for at
  ///     least one in slow-after. Default `1KB`
  /// @param slowAfter how long the service waits for a client before it looks at its rate, and how long the head of a request, or the rest
  ///     of a body that was refused, may take, 100ms to 10m. Default `10s`
  public record Connections(
      @DefaultValue("8192") int openMax,
      @DefaultValue("0") int perAddressMax,
      @DefaultValue("1KB") DataSize bytesPerSecondMin,
      @DefaultValue("10s") Duration slowAfter) {

    private static final String PREFIX = "lightning.connections.";
    private static final int LEAST = 16;

    /// Checks the ranges.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Connections {
      SettingRange.check(PREFIX + "open-max", openMax, LEAST, COUNT_MAX);
      if (perAddressMax != 0) {
        SettingRange.check(PREFIX + "per-address-max", perAddressMax, openMax / 2, openMax);
      }
      SettingRange.check(
          PREFIX + "bytes-per-second-min",
          bytesPerSecondMin,
          DataSize.ofBytes(0),
          DataSize.ofMegabytes(1));
      SettingRange.check(
          PREFIX + "slow-after", slowAfter, Duration.ofMillis(100), Duration.ofMinutes(10));
    }
  }

  /// How many requests of the API are served at a time, may come from one client, and count as slow. Administration, `/v1/limits` and Actuator are
  /// neither counted nor refused.
  ///
  /// @param activeMax most requests that are served at a time, 1 to 100,000, or 0 for any number. Default `1000`
  /// @param queuedMax most requests that wait for their turn beyond that; one more is refused with 503 at once, 0 to 100,000. Default
  ///     `1000`
  /// @param queueWaitMax how long a request waits for its turn before it is refused with 503, 0s to 1m. Default `1s`
  /// @param perClientPerSecondMax requests that a client may send in a second on average, 1 to 1,000,000, or 0 for any number; one more is
  ///     refused with 429. A client is who its token says, or else an address. Default `0`
  /// @param perClientBurst requests that a client may send at once after a rest, 1 to 1,000,000, or 0 for as many as in a second. Default
  ///     `0`
  /// @param clientsMax most clients whose rate is remembered; more of them share one rate, 1 to 1,000,000. Default `10000`
  /// @param timeoutDefault how long a request has whose header `Lightning-Timeout` does not say, 0s for any time, up to timeout-max. Default
  ///     `0s`
  /// @param timeoutMax longest time that `Lightning-Timeout` may ask for, 1ms to 24h. Default `1h`
  /// @param slowThreshold from which duration on a request, whatever it asks for, is written to the log as slow, 0s to 1h; 0s for none.
  ///     Default `1s`
  public record Requests(
      @DefaultValue("1000") int activeMax,
      @DefaultValue("1000") int queuedMax,
      @DefaultValue("1s") Duration queueWaitMax,
      @DefaultValue("0") int perClientPerSecondMax,
      @DefaultValue("0") int perClientBurst,
      @DefaultValue("10000") int clientsMax,
      @DefaultValue("0s") Duration timeoutDefault,
      @DefaultValue("1h") Duration timeoutMax,
      @DefaultValue("1s") Duration slowThreshold) {

    private static final String PREFIX = "lightning.requests.";
    private static final int REQUESTS_MAX = 100_000;
    private static final int RATE_MAX = 1_000_000;

    /// Checks the ranges.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Requests {
      SettingRange.check(PREFIX + "active-max", activeMax, 0, REQUESTS_MAX);
      SettingRange.check(PREFIX + "queued-max", queuedMax, 0, REQUESTS_MAX);
      SettingRange.check(
          PREFIX + "queue-wait-max", queueWaitMax, Duration.ZERO, Duration.ofMinutes(1));
      SettingRange.check(PREFIX + "per-client-per-second-max", perClientPerSecondMax, 0, RATE_MAX);
      SettingRange.check(PREFIX + "per-client-burst", perClientBurst, 0, RATE_MAX);
      SettingRange.check(PREFIX + "clients-max", clientsMax, 1, RATE_MAX);
      SettingRange.check(
          PREFIX + "timeout-max", timeoutMax, Duration.ofMillis(1), Duration.ofHours(24));
      SettingRange.check(PREFIX + "timeout-default", timeoutDefault, Duration.ZERO, timeoutMax);
      SettingRange.check(
          PREFIX + "slow-threshold", slowThreshold, Duration.ZERO, Duration.ofHours(1));
    }
  }

  /// What is in front of the service.
  ///
  /// @param trustedProxies addresses of proxies, and ranges of them such as `10.0.0.0/8`, with commas between them, whose `X-Forwarded-For`
  ///     and `X-Forwarded-Proto` tell the address of the client and whether it came by TLS. Default empty: what requests say there is nothing
  public record Http(@DefaultValue("") String trustedProxies) {

    /// Checks the addresses.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Http {
      for (String proxy : words(trustedProxies)) {
        if (AddressRange.parse(proxy).isEmpty()) {
          throw new InvalidSettingException(
              "lightning.http.trusted-proxies",
              proxy,
              "an address such as 10.1.2.3 or ::1, or a range of them such as 10.0.0.0/8");
        }
      }
    }

    private static List<String> words(String list) {
      return list.isBlank()
          ? List.of()
          : Stream.of(list.split(",", -1)).map(String::strip).toList();
    }

    /// The proxies.
    ///
    /// @return their ranges
    public List<AddressRange> proxies() {
      return words(trustedProxies).stream()
          .flatMap(each -> AddressRange.parse(each).stream())
          .toList();
    }
  }

  /// Where traces of requests are sent, and of how many.
  ///
  /// @param endpoint URL of a collector that takes OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`; empty for no traces. Default
  ///     empty
  /// @param sampledRatio share of the requests that are traced, 0 to 1, of those whose client has not decided it by `traceparent`. Default
  ///     `0.1`
  public record Tracing(
      @DefaultValue("") String endpoint, @DefaultValue("0.1") double sampledRatio) {

    /// Checks the ranges.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Tracing {
      if (!endpoint.isBlank() && !endpoint.matches("https?://[^\\s]+")) {
        throw new InvalidSettingException(
            "lightning.tracing.endpoint", endpoint, "a URL with http or https");
      }
      if (!(sampledRatio >= 0 && sampledRatio <= 1)) {
        throw new InvalidSettingException(
            "lightning.tracing.sampled-ratio", Double.toString(sampledRatio), "0 to 1");
      }
    }
  }

  /// What transactions may use up. Published at `GET /v1/limits`.
  ///
  /// @param openMax most transactions open at a time, 1 to 1,000,000. Default `10000`
  /// @param bytesMax most that the writes of one may come to, 1KB to 64MB; a small heap lowers it to an eighth of
  ///     its budget. Default `10MB`
  /// @param ageMax greatest age of one, after which it is rolled back, 1s to 24h. Default `5m`
  /// @param lockWaitMax longest wait for a lock of another transaction, 0s to 1h. Default `10s`
  /// @param leaseDefault time without a request after which one is rolled back, where its begin does not say, 1ms up to
  ///     age-max. Default `30s`
  public record Transactions(
      @Min(value = 1, message = AT_LEAST)
          @Max(value = 1_000_000, message = AT_MOST)
          @DefaultValue("10000")
          int openMax,
      @DefaultValue("10MB") DataSize bytesMax,
      @DefaultValue("5m") Duration ageMax,
      @DefaultValue("10s") Duration lockWaitMax,
      @DefaultValue("30s") Duration leaseDefault) {

    private static final String PREFIX = "lightning.transactions.";
    private static final int IN_BUDGET = 8;

    /// Checks the ranges.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Transactions {
      SettingRange.check(
          PREFIX + "bytes-max", bytesMax, DataSize.ofKilobytes(1), DataSize.ofMegabytes(64));
      SettingRange.check(PREFIX + "age-max", ageMax, Duration.ofSeconds(1), Duration.ofHours(24));
      SettingRange.check(PREFIX + "lock-wait-max", lockWaitMax, Duration.ZERO, Duration.ofHours(1));
      SettingRange.check(PREFIX + "lease-default", leaseDefault, Duration.ofMillis(1), ageMax);
    }

    private Transactions within(long budgetBytes) {
      DataSize bytes = DataSize.ofBytes(Math.min(bytesMax.toBytes(), budgetBytes / IN_BUDGET));
      return new Transactions(openMax, bytes, ageMax, lockWaitMax, leaseDefault);
    }
  }

  /// Who clients are, and what is written down of them. API tokens are no settings: they are kept in the data directory.
  ///
  /// @param adminTokenHash SHA-256 of a token that may do everything, as 64 hexadecimal digits; empty for none. The token must hold
  ///     256 random bits: its hash is not salted. Default empty
  /// @param auditFile file that the audit log is written to, in place of the log of the service; ten files of 10 MB are kept. Default
  ///     empty
  /// @param jwt how the JWTs of an identity provider are read
  public record Security(
      @DefaultValue("") String adminTokenHash,
      @DefaultValue("") String auditFile,
      @DefaultValue Jwt jwt) {

    /// Checks the form of the hash.
    ///
    /// @throws InvalidSettingException naming the setting and what is allowed; not its value, which may be the token itself
    public Security {
      adminTokenHash = adminTokenHash.strip().toLowerCase(Locale.ROOT);
      if (!adminTokenHash.matches("([0-9a-f]{64})?")) {
        throw new InvalidSettingException(
            "lightning.security.admin-token-hash",
            "(not shown)",
            "the SHA-256 of a token in 64 hexadecimal digits");
      }
    }

    /// Leaves the hash out: whatever prints this object shows nothing to try tokens against.
    @Override
    public String toString() {
      return "Security[auditFile=" + auditFile + ", jwt=" + jwt + "]";
    }
  }

  /// How the JWTs of an identity provider are read, which `spring.security.oauth2.resourceserver.jwt` names. A claim inside an object
  /// is named with dots: `realm_access.roles`.
  ///
  /// @param rolesClaim claim with the roles: a list, or a text with spaces between them; words that are no roles are left out.
  ///     Default `roles`
  /// @param keyspacesClaim claim with the patterns of keyspaces, written in the same way. Default `keyspaces`
  /// @param keyspacesDefault patterns, with commas between them, that hold for JWTs without that claim. Default empty: no keyspaces
  public record Jwt(
      @DefaultValue("roles") String rolesClaim,
      @DefaultValue("keyspaces") String keyspacesClaim,
      @DefaultValue("") String keyspacesDefault) {

    /// Checks names and patterns.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Jwt {
      requireName("roles-claim", rolesClaim);
      requireName("keyspaces-claim", keyspacesClaim);
      for (String pattern : keyspacesDefault.split(",", -1)) {
        if (!keyspacesDefault.isBlank() && KeyspacePattern.find(pattern.strip()).isEmpty()) {
          throw new InvalidSettingException(
              "lightning.security.jwt.keyspaces-default",
              keyspacesDefault,
              "patterns with commas between them, each " + KeyspacePattern.FORM);
        }
      }
    }

    private static void requireName(String name, String value) {
      if (value.isBlank()) {
        throw new InvalidSettingException(
            "lightning.security.jwt." + name, value, "the name of a claim");
      }
    }
  }

  /// The write-ahead log.
  ///
  /// @param segmentBytes size of a segment file, allocated whole before it is used, 64KB to 1GB. Default `64MB`
  /// @param syncInterval longest time that a write with the durability `logged` may wait for stable storage: what a power
  ///     failure can take, 1ms to 1m. Default `100ms`
  public record Log(
      @DefaultValue("64MB") DataSize segmentBytes, @DefaultValue("100ms") Duration syncInterval) {

    /// Checks the ranges.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Log {
      SettingRange.check(
          "lightning.log.segment-bytes", segmentBytes, DataSize.ofKilobytes(64), GIB);
      SettingRange.check(
          "lightning.log.sync-interval", syncInterval, Duration.ofMillis(1), Duration.ofMinutes(1));
    }
  }

  /// What is held in memory before it is written to runs.
  ///
  /// @param bytesMax size at which the memtable of a keyspace is flushed, 64KB to 1GB. Default `32MB`
  /// @param frozenMax most memtables of a keyspace that wait for their flush before writes wait, 1 to 64. Default `4`
  public record Memtable(
      @DefaultValue("32MB") DataSize bytesMax,
      @Min(value = 1, message = AT_LEAST) @Max(value = 64, message = AT_MOST) @DefaultValue("4")
          int frozenMax) {

    /// Checks the ranges.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Memtable {
      SettingRange.check("lightning.memtable.bytes-max", bytesMax, DataSize.ofKilobytes(64), GIB);
    }
  }

  /// What all parts of the database take together.
  ///
  /// @param budget memory for memtables, the block cache, transactions, scans, requests, flushes and merges, 0B for half of what the
  ///     greatest heap of the JVM has beyond 64MB, or 4MB and more. Default `0B`
  /// @param cacheBytesMax most of it that the block cache may take, which gets no more than what the other parts leave in any case; 0B
  ///     for no cache, up to 1024GB. Default `1024GB`
  public record Memory(
      @DefaultValue("0B") DataSize budget, @DefaultValue("1024GB") DataSize cacheBytesMax) {

    private static final DataSize BUDGET_MIN = DataSize.ofMegabytes(4);

    // The classes and objects of the service at rest.
    private static final DataSize SERVICE = DataSize.ofMegabytes(64);

    /// Checks the range.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Memory {
      SettingRange.check(
          "lightning.memory.cache-bytes-max",
          cacheBytesMax,
          DataSize.ofBytes(0),
          DataSize.ofGigabytes(1024));
      if (budget.toBytes() != 0) {
        SettingRange.check(
            "lightning.memory.budget",
            budget,
            BUDGET_MIN,
            DataSize.ofBytes(Runtime.getRuntime().maxMemory()));
      }
    }

    /// The budget that the settings come to.
    ///
    /// @return in bytes
    public long budgetBytes() {
      return budget.toBytes() == 0 ? budgetOfHeapBytes() : budget.toBytes();
    }

    /// Half of what a heap has beyond the service itself; the other half is for what is too small to be counted, and for the
    /// garbage collector.
    private static long budgetOfHeapBytes() {
      long heapBytes = Runtime.getRuntime().maxMemory();
      return Math.max(BUDGET_MIN.toBytes(), (heapBytes - SERVICE.toBytes()) / 2);
    }
  }

  /// Where backups are kept, and when they are made. A schedule is six fields, second, minute, hour, day of the month, month and day of
  /// the week, as in `0 0 3 * * *` for 3 o'clock each night in the time zone of the service; empty for none.
  ///
  /// @param directory directory for backups, on another disk than the data and for this database alone, made if it is missing, or
  ///     `s3://bucket/prefix`, where the bucket exists;
  ///     empty for no backups. Default empty
  /// @param fullSchedule when full backups are made. Default empty
  /// @param incrementalSchedule when incremental backups are made, on top of the newest one; full if there is none. Default empty
  /// @param restoreCheckSchedule when the newest backup is restored into a scratch directory and verified. Default empty
  /// @param scratchDirectory directory in which restores are checked, for this service alone and with as much space as the database;
  ///     empty for that of the system for temporary files. Default empty
  /// @param keepMin how many of the newest backups are kept whatever their age, 1 to 10,000. Default `7`
  /// @param keepFor for how long backups are kept beyond that; those that others build on are kept as long as these. Default `0s`
  /// @param bytesPerSecondMax how fast files are copied, 0B for as fast as they can be. Default `0B`
  /// @param ageMax age of the newest backup from which on the health part `backups` is down, 0s for never. Default `0s`
  /// @param archiveInterval how often what was committed since is copied to the archive beside the backups, 1s to 1d, or 0s for no
  ///     archive. Default `0s`
  /// @param archiveBytesPerSecondMax how fast the archive is written, 0B to 1024GB; 0B for as fast as it can be. It must be faster than
  ///     what is committed on average. Default `0B`
  /// @param archivedLogBytesMax how large the log may become for commits that wait to be archived, 1MB to 1024GB; beyond that they are
  ///     given up, and the archive has a gap. Default `1GB`
  /// @param s3 how the object store is reached, if they are kept in one
  public record Backup(
      @DefaultValue("") String directory,
      @DefaultValue("") String fullSchedule,
      @DefaultValue("") String incrementalSchedule,
      @DefaultValue("") String restoreCheckSchedule,
      @DefaultValue("") String scratchDirectory,
      @DefaultValue("7") int keepMin,
      @DefaultValue("0s") Duration keepFor,
      @DefaultValue("0B") DataSize bytesPerSecondMax,
      @DefaultValue("0s") Duration ageMax,
      @DefaultValue("0s") Duration archiveInterval,
      @DefaultValue("0B") DataSize archiveBytesPerSecondMax,
      @DefaultValue("1GB") DataSize archivedLogBytesMax,
      @DefaultValue ObjectStore s3) {

    private static final String PREFIX = "lightning.backup.";
    private static final Duration CENTURY = Duration.ofDays(36_500);

    /// Checks ranges and schedules.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Backup {
      checkPlace(directory);
      checkSchedule("full-schedule", fullSchedule);
      checkSchedule("incremental-schedule", incrementalSchedule);
      checkSchedule("restore-check-schedule", restoreCheckSchedule);
      SettingRange.check(PREFIX + "keep-min", keepMin, 1, 10_000);
      SettingRange.check(PREFIX + "keep-for", keepFor, Duration.ZERO, CENTURY);
      SettingRange.check(
          PREFIX + "bytes-per-second-max",
          bytesPerSecondMax,
          DataSize.ofBytes(0),
          DataSize.ofGigabytes(1024));
      SettingRange.check(
          PREFIX + "archive-bytes-per-second-max",
          archiveBytesPerSecondMax,
          DataSize.ofBytes(0),
          DataSize.ofGigabytes(1024));
      SettingRange.check(PREFIX + "age-max", ageMax, Duration.ZERO, CENTURY);
      if (!archiveInterval.isZero()) {
        SettingRange.check(
            PREFIX + "archive-interval",
            archiveInterval,
            Duration.ofSeconds(1),
            Duration.ofDays(1));
      }
      SettingRange.check(
          PREFIX + "archived-log-bytes-max",
          archivedLogBytesMax,
          DataSize.ofMegabytes(1),
          DataSize.ofGigabytes(1024));
    }

    /// Tells whether the log is archived.
    ///
    /// @return true if there is a place for it and an interval
    public boolean isArchived() {
      return !directory.isBlank() && !archiveInterval.isZero();
    }

    private static void checkPlace(String directory) {
      try {
        TargetAddress.parse(directory);
      } catch (IllegalArgumentException e) {
        throw new InvalidSettingException(
            PREFIX + "directory", directory, String.valueOf(e.getMessage()));
      }
    }

    private static void checkSchedule(String name, String schedule) {
      if (!schedule.isBlank() && !CronExpression.isValidExpression(schedule)) {
        throw new InvalidSettingException(
            PREFIX + name, schedule, "six fields such as \"0 0 3 * * *\", or nothing");
      }
    }
  }

  /// How flushes and merges are done.
  ///
  /// @param bytesPerSecondMax what they may write in a second, 0B for any amount, or 1MB to 1024GB. The log of what users write counts
  ///     too, but never waits; the limit gives way where flushes and merges could else not keep up. Default `0B`
  public record Compaction(@DefaultValue("0B") DataSize bytesPerSecondMax) {

    /// Checks the range.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Compaction {
      if (bytesPerSecondMax.toBytes() != 0) {
        SettingRange.check(
            "lightning.compaction.bytes-per-second-max",
            bytesPerSecondMax,
            DataSize.ofMegabytes(1),
            DataSize.ofGigabytes(1024));
      }
    }
  }

  /// How everything on disk is verified again and again in the background.
  ///
  /// @param bytesPerSecondMax what is read for it in a second, 64KB to 1024GB, or 0B to switch it off. While flushes and merges are behind,
  ///     an eighth of it. Default `8MB`, with which 4.6 TB are read in a week
  /// @param interval time from the begin of one pass over everything to the begin of the next, 1m to 366d. Default `7d`
  public record Scrub(
      @DefaultValue("8MB") DataSize bytesPerSecondMax, @DefaultValue("7d") Duration interval) {

    /// Checks the ranges.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Scrub {
      if (bytesPerSecondMax.toBytes() != 0) {
        SettingRange.check(
            "lightning.scrub.bytes-per-second-max",
            bytesPerSecondMax,
            DataSize.ofKilobytes(64),
            DataSize.ofGigabytes(1024));
      }
      SettingRange.check(
          "lightning.scrub.interval", interval, Duration.ofMinutes(1), Duration.ofDays(366));
    }
  }

  /// What is kept free of the disk.
  ///
  /// @param reserveBytes bytes that are kept for deletions, flushes and merges: while less is free, writes of new data are refused with
  ///     507, until a quarter more is. 0B to 1024GB; 0B keeps nothing free, and anything else is raised to two log segments and two runs, and
  ///     to what the flush of everything in memory takes.
  ///     Default `256MB`
  public record Disk(@DefaultValue("256MB") DataSize reserveBytes) {

    /// Checks the range.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Disk {
      SettingRange.check(
          "lightning.disk.reserve-bytes",
          reserveBytes,
          DataSize.ofBytes(0),
          DataSize.ofGigabytes(1024));
    }
  }

  /// The files that entries rest in.
  ///
  /// @param fileBytesTarget size at which a merge starts another file, 64KB to 1GB. Default `64MB`
  public record Run(@DefaultValue("64MB") DataSize fileBytesTarget) {

    /// Checks the range.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public Run {
      SettingRange.check(
          "lightning.run.file-bytes-target", fileBytesTarget, DataSize.ofKilobytes(64), GIB);
    }
  }

  /// Options of keyspaces that are created without them, `default` among them. Keyspaces that exist keep their own.
  ///
  /// @param layout how eagerly runs are merged. Default `balanced`
  /// @param compression how leaves are stored. Default `lz4`
  /// @param bottomCompression how leaves are stored in runs with nothing older below them. Default `same`
  /// @param durability what writes promise when they say nothing themselves. Default `synced`
  /// @param pointIndex whether runs carry a hash index. Default `hash`
  /// @param leafBytes target size of a leaf before compression, 512B to 1MB. Default `4KB`
  public record KeyspaceDefaults(
      @DefaultValue("balanced") Layout layout,
      @DefaultValue("lz4") Compression compression,
      @DefaultValue("same") BottomCompression bottomCompression,
      @DefaultValue("synced") Durability durability,
      @DefaultValue("hash") PointIndex pointIndex,
      @DefaultValue("4KB") DataSize leafBytes) {

    /// Checks the range.
    ///
    /// @throws InvalidSettingException naming the setting, its value and what is allowed
    public KeyspaceDefaults {
      SettingRange.check(
          "lightning.keyspace-defaults.leaf-bytes",
          leafBytes,
          DataSize.ofBytes(Limits.LEAF_BYTES_TARGET_MIN),
          DataSize.ofBytes(Limits.LEAF_BYTES_TARGET_MAX));
    }

    /// Changes options to these; what is not named here stays as it is.
    ///
    /// @param options of a keyspace
    /// @return a changed copy
    public KeyspaceOptions applyTo(KeyspaceOptions options) {
      return options
          .withLayout(layout)
          .withCompression(compression)
          .withBottomCompression(bottomCompression)
          .withDurability(durability)
          .withPointIndex(pointIndex)
          .withLeafBytes((int) leafBytes.toBytes());
    }
  }
}
