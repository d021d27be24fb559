package io.lightningdb.server.admin;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DiskStats;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.share.Shares;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Publishes what requests may ask for: `/v1/limits`.
@RestController
class LimitsController {
  private final LightningProperties.RequestLimits limits;
  private final LightningProperties.Transactions transactions;
  private final LightningProperties.Requests requests;
  private final Shares shares;
  private final Database database;

  /// Called by Spring.
  ///
  /// @param settings has the limits
  /// @param shares has what callers share
  /// @param database knows what is kept free of the disk
  LimitsController(LightningProperties settings, Shares shares, Database database) {
    this.limits = settings.limits();
    this.transactions = settings.transactions();
    this.requests = settings.requests();
    this.shares = shares;
    this.database = database;
  }

  /// All limits; see [LightningProperties.RequestLimits], [LightningProperties.Transactions] and [LightningProperties.Requests].
  ///
  /// @param keyBytesMax longest key, in bytes
  /// @param valueBytesMax largest value, in bytes
  /// @param batchBytesMax largest commit and largest body of a batch or multiget, in bytes
  /// @param batchOperationsMax most operations of a batch
  /// @param pageEntriesDefault entries of a page without `limit`
  /// @param pageEntriesMax greatest `limit` of a page
  /// @param pageBytesMax keys and values of a page, in bytes
  /// @param multigetKeysMax most keys of a multiget
  /// @param multigetBytesMax all values that a multiget answers, in bytes
  /// @param importLineBytesMax longest line of an import, in bytes
  /// @param importExpansionMax most bytes that each byte of a compressed import may expand to
  /// @param keyspacesMax most keyspaces
  /// @param waitForVersionMillisMax longest wait for Lightning-Version-At-Least, in milliseconds
  /// @param cursorAgeMillisMax longest rest of a list between two pages, in milliseconds
  /// @param cursorsMax most lists that are walked at a time
  /// @param ttlMillisMax longest time to live, in milliseconds
  /// @param transactionsOpenMax most transactions open at a time
  /// @param transactionBytesMax most that the writes, locks and, if serializable, reads of a transaction may come to, in bytes
  /// @param transactionAgeMillisMax greatest age of a transaction, in milliseconds
  /// @param transactionLeaseMillisDefault lease of a transaction that names none, in milliseconds
  /// @param lockWaitMillisMax longest wait for a lock, in milliseconds
  /// @param requestsActiveMax most requests served at a time, 0 for any number
  /// @param requestsQueuedMax most requests that wait for their turn
  /// @param requestQueueWaitMillisMax longest wait for a turn, in milliseconds
  /// @param requestsPerClientPerSecondMax requests that a client may send in a second, 0 for any number
  /// @param requestsPerClientBurst requests that a client may send at once after a rest, 0 for as many as in a second
  /// @param requestTimeoutMillisDefault how long a request has that does not say, in milliseconds; 0 for any time
  /// @param requestTimeoutMillisMax longest time that a request may ask for, in milliseconds
  /// @param diskReserveBytes what is kept of the disk for deletions, flushes and merges, in bytes: while less is there, new data is refused; 0 for
  ///     none
  /// @param diskBallastBytesMax how much of the reserve is held in a file as a rule, in bytes, so that others cannot take it
  /// @param diskBallastBytes how much of it is held now, in bytes: less while it is being used, or others have taken the space
  /// @param shares what callers share, by its name
  record LimitsDocument(
      int keyBytesMax,
      long valueBytesMax,
      long batchBytesMax,
      int batchOperationsMax,
      int pageEntriesDefault,
      int pageEntriesMax,
      long pageBytesMax,
      int multigetKeysMax,
      long multigetBytesMax,
      long importLineBytesMax,
      int importExpansionMax,
      int keyspacesMax,
      long waitForVersionMillisMax,
      long cursorAgeMillisMax,
      int cursorsMax,
      long ttlMillisMax,
      int transactionsOpenMax,
      long transactionBytesMax,
      long transactionAgeMillisMax,
      long transactionLeaseMillisDefault,
      long lockWaitMillisMax,
      int requestsActiveMax,
      int requestsQueuedMax,
      long requestQueueWaitMillisMax,
      int requestsPerClientPerSecondMax,
      int requestsPerClientBurst,
      long requestTimeoutMillisDefault,
      long requestTimeoutMillisMax,
      long diskReserveBytes,
      long diskBallastBytesMax,
      long diskBallastBytes,
      Map<String, Share> shares) {}

  /// Something that callers share.
  ///
  /// @param max how much there is for all
  /// @param callerMax the most that one caller may have that is no administrator, while others need nothing
  /// @param reserve what is kept free for administrators
  record Share(long max, long callerMax, long reserve) {}

  /// Publishes the limits.
  ///
  /// @return the limits of this service
  @GetMapping(path = "/v1/limits", produces = MediaType.APPLICATION_JSON_VALUE)
  LimitsDocument limits() {
    DiskStats disk = database.stats().disk();
    return new LimitsDocument(
        Limits.KEY_BYTES_MAX,
        limits.valueBytesMax().toBytes(),
        limits.batchBytesMax().toBytes(),
        limits.batchOperationsMax(),
        limits.pageEntriesDefault(),
        limits.pageEntriesMax(),
        limits.pageBytesMax().toBytes(),
        limits.multigetKeysMax(),
        limits.multigetBytesMax().toBytes(),
        limits.importLineBytesMax().toBytes(),
        limits.importExpansionMax(),
        limits.keyspacesMax(),
        limits.waitForVersionMax().toMillis(),
        limits.cursorAgeMax().toMillis(),
        limits.cursorsMax(),
        Limits.TTL_MILLIS_MAX,
        transactions.openMax(),
        transactions.bytesMax().toBytes(),
        transactions.ageMax().toMillis(),
        transactions.leaseDefault().toMillis(),
        transactions.lockWaitMax().toMillis(),
        requests.activeMax(),
        requests.queuedMax(),
        requests.queueWaitMax().toMillis(),
        requests.perClientPerSecondMax(),
        requests.perClientBurst(),
        requests.timeoutDefault().toMillis(),
        requests.timeoutMax().toMillis(),
        disk.reserveBytes(),
        disk.ballastBytesWanted(),
        disk.ballastBytes(),
        shareDocuments());
  }

  private Map<String, Share> shareDocuments() {
    Map<String, Share> documents = new TreeMap<>();
    shares
        .all()
        .forEach((shared, each) ->
            documents.put(
                shared.member(), new Share(each.max(), each.callerMax(), each.reserve())));
    return documents;
  }
}
