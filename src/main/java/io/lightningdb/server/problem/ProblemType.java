package io.lightningdb.server.problem;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Every kind of error that the service answers. The names are part of the contract: they never change.
public enum ProblemType {
  /// The request breaks the rules of HTTP, or its body cannot be read.
  MALFORMED_REQUEST(
      400,
      "The request is malformed",
      "The request line, a header or the encoding of the body breaks the rules of HTTP, the path holds %00 or bytes that are not"
          + " UTF-8, or the body ended early.",
      "Percent-encode paths and queries, send other keys with keyEncoding=base64url, and send the body in the encoding that its"
          + " headers name."),
  /// A body is not JSON.
  MALFORMED_JSON(
      400,
      "The body is not valid JSON",
      "The body, or a value sent as application/json, is not one JSON value in UTF-8 without a byte order mark, or is nested"
          + " deeper than 500 levels.",
      "Correct the body at the place named in the detail, or send the value with another Content-Type."),
  /// A parameter or header has a value that is not allowed.
  INVALID_PARAMETER(
      400,
      "A parameter is invalid",
      "A query parameter or a header has a value that is not allowed, or is given twice. The member `parameter` names it.",
      "Send a value that the detail allows."),
  /// A parameter or header is not known here.
  UNKNOWN_PARAMETER(
      400,
      "A parameter is not known",
      "A query parameter or a header that starts with Lightning- is not known to this call. It is refused, because ignoring a"
          + " misspelt name could do something else than was meant. The member `nearest` names the known one most like it.",
      "Correct the name, or leave the parameter out."),
  /// A key is empty or cannot be written in a URL.
  INVALID_KEY(
      400,
      "The key is invalid",
      "A key is empty, is not valid UTF-8 or base64url, or is one that HTTP software would change on its way: `.`, `..` or a"
          + " key with control characters.",
      "Send the key as base64url without padding, with the query parameter keyEncoding=base64url."),
  /// The name of a keyspace has the wrong form.
  INVALID_KEYSPACE_NAME(
      400,
      "The name of the keyspace is invalid",
      "Names of keyspaces start with a letter a to z, followed by up to 63 letters a to z, digits, `_` or `-`."
          + " Names that start with `lightning-` are kept for the service itself.",
      "Choose another name."),
  /// A cursor was not issued by this service.
  INVALID_CURSOR(
      400,
      "The cursor is invalid",
      "The cursor was changed on its way, belongs to another list, or is used with parameters that contradict its list.",
      "Send the cursor of the last page as it is, with no parameters besides limit and keyEncoding; or start the list again."),
  /// Part of the contract that this version does not offer.
  UNSUPPORTED(
      400,
      "This is not supported yet",
      "The request uses a part of the contract that this version of the service does not offer. It is refused as a whole, and"
          + " nothing was changed. The member `feature` names the part.",
      "Leave that part out, or use a version of the service that offers it."),
  /// The service does not know who sent the request.
  UNAUTHENTICATED(
      401,
      "A valid token is required",
      "The request has no token, or one that is unknown, malformed, revoked or expired. Nothing was changed.",
      "Send a valid token in the header Authorization, behind Bearer and a space."),
  /// The caller may not do this.
  ACCESS_DENIED(
      403,
      "You may not do this",
      "The token is valid, and its roles do not include this call, or not for this keyspace. Nothing was changed.",
      "Use a token with the role that the detail names, or ask an administrator for one."),
  /// A page of somebody else's asks a service that asks nobody for a token.
  CROSS_ORIGIN(
      403,
      "Pages of other origins may not use this service",
      "The service has no credentials configured and serves programs of its own machine. The request has a header `Origin` or `Host`"
          + " of something else, as a browser sends it for a page from elsewhere. Nothing was changed.",
      "Address the service as localhost or by a loopback address, without `Origin`; or configure credentials."),
  /// There is no such path.
  PATH_NOT_FOUND(
      404,
      "There is nothing at this path",
      "No call of the service has this path.",
      "Compare the path with the OpenAPI document at /v3/api-docs. A slash inside a key is written %2F."),
  /// There is no such keyspace.
  KEYSPACE_NOT_FOUND(
      404,
      "There is no such keyspace",
      "No keyspace has this name, or it was dropped while the request ran.",
      "Create it with PUT /v1/keyspaces/{keyspace}."),
  /// There is no such snapshot.
  SNAPSHOT_NOT_FOUND(
      404,
      "There is no such snapshot",
      "No snapshot with this number is open: it has ended, or there never was one.",
      "List the open ones with GET /v1/admin/snapshots."),
  /// There is no such operation.
  OPERATION_NOT_FOUND(
      404,
      "There is no such operation",
      "No operation with this id is known: there never was one, or so many came after it that it was forgotten.",
      "List the known ones with GET /v1/admin/operations."),
  /// There is no such backup.
  BACKUP_NOT_FOUND(
      404,
      "There is no such backup",
      "The catalogue has no backup with this id, or no unfinished one that could be resumed, or no backup at all.",
      "List them with GET /v1/admin/backups."),
  /// There is no such token.
  TOKEN_NOT_FOUND(
      404,
      "There is no such token",
      "No token has this id: it was revoked, or there never was one.",
      "List the tokens with GET /v1/admin/tokens."),
  /// There is no such entry.
  ENTRY_NOT_FOUND(
      404,
      "There is no such entry",
      "The keyspace has no entry with this key.",
      "Check the key and its keyEncoding."),
  /// There is no such transaction.
  TRANSACTION_NOT_FOUND(
      404,
      "There is no such transaction",
      "No transaction has this id, it ended long ago, or the service was started again since it began.",
      "Begin one with POST /v1/transactions."),
  /// There is no such savepoint.
  SAVEPOINT_NOT_FOUND(
      404,
      "There is no such savepoint",
      "The transaction has no savepoint with this number, or a rollback to an earlier one undid it.",
      "Name a number that POST /v1/transactions/{transaction}/savepoints answered."),
  /// The path does not have this method.
  METHOD_NOT_ALLOWED(
      405,
      "The path does not have this method",
      "The path exists, but not with this method. The header Allow lists those that it has.",
      "Use one of the methods in Allow."),
  /// No media type that the client accepts can be answered.
  NOT_ACCEPTABLE(
      406,
      "No acceptable media type",
      "The call cannot answer in any of the media types that the header Accept names. Nothing was changed.",
      "Accept application/json, or the media type that the OpenAPI document names for the call."),
  /// A body comes too slowly.
  BODY_TOO_SLOW(
      408,
      "The body came too slowly",
      "Less of the body came within lightning.connections.slow-after than lightning.connections.bytes-per-second-min asks for, or"
          + " than 256 KB a second while others waited for the memory that it takes. Nothing was changed, apart from lines of an"
          + " import that the answer tells of.",
      "Send the body at once, or in parts."),
  /// Concurrent changes kept a batch from being consistent.
  CONFLICT(
      409,
      "Other writes got in the way",
      "Entries that an atomic batch reads, or that a condition names, were changed by others again and again while it ran."
          + " Nothing was changed.",
      "Send the request again."),
  /// Another commit got in the way of a transaction.
  TRANSACTION_CONFLICT(
      409,
      "Another commit got in the way",
      "Another commit changed an entry that the transaction wrote, locked or, if it is serializable, read. The members `keyspace`"
          + " and `conflictingKey` name it. The transaction is rolled back, and nothing was changed.",
      "Do the whole transaction again, from its begin."),
  /// A transaction gave way in a deadlock.
  DEADLOCK(
      409,
      "The transaction gave way in a deadlock",
      "Transactions waited for locks of each other, and this one, the youngest of them, was rolled back. The member `cycle` lists"
          + " them by the number that their ids begin with: each waits for the next, and the last for the first.",
      "Do the whole transaction again, from its begin; lock keys in the same order everywhere."),
  /// A lock was not to be had in time.
  LOCK_TIMEOUT(
      409,
      "The lock was not to be had in time",
      "Another transaction holds the lock for longer than lightning.transactions.lock-wait-max. The transaction goes on without"
          + " it.",
      "Send the request again, or roll the transaction back."),
  /// A transaction was committed or rolled back.
  TRANSACTION_ENDED(
      409,
      "The transaction has ended",
      "The transaction was committed or rolled back; the member `state` tells which.",
      "Begin another one with POST /v1/transactions."),
  /// A transaction that only reads was asked to write.
  TRANSACTION_READ_ONLY(
      409,
      "The transaction is read-only",
      "The transaction was begun with readOnly, so it can neither write nor lock. It goes on.",
      "Begin one without readOnly."),
  /// A counter was wanted where another value is.
  NOT_AN_INTEGER(
      409,
      "The value is not an integer",
      "An increment found a value that is not a JSON number without fraction and exponent from -2^63 to 2^63-1, stored as"
          + " application/json. Nothing was changed.",
      "Increment another key, or replace the value by a number first."),
  /// A counter would leave the range of 64-bit integers.
  COUNTER_OVERFLOW(
      409,
      "The counter would overflow",
      "The sum of the counter and the increment is not from -2^63 to 2^63-1. Nothing was changed.",
      "Increment by less, or set the counter to another value first."),
  /// The first request with an idempotency key has no answer yet.
  IDEMPOTENCY_KEY_IN_USE(
      409,
      "The request still runs",
      "Another request with the same Idempotency-Key still runs, so there is no answer yet that could be given again.",
      "Send the request again in a moment."),
  /// An operation of this kind runs.
  OPERATION_IN_PROGRESS(
      409,
      "Such an operation is running",
      "One operation of each kind is done at a time, flushes and compactions one of each keyspace, and backups are made, checked"
          + " and deleted one after the other. The member `operation` names the one that runs, if there is one.",
      "Wait until it has ended, or cancel it."),
  /// Other backups build on this one.
  BACKUP_NEEDED(
      409,
      "Other backups need this one",
      "An incremental backup builds on this one, so that it is of no use without it. Nothing was deleted.",
      "Delete the backups that build on it first."),
  /// There is no place for backups.
  BACKUPS_NOT_CONFIGURED(
      409,
      "Backups are not configured",
      "The setting lightning.backup.directory is empty, so that the service has no place for backups.",
      "Set it to a directory on another disk than the data, and start the service again."),
  /// As many keyspaces as allowed.
  KEYSPACES_LIMIT(
      409,
      "There are as many keyspaces as allowed",
      "The limit lightning.limits.keyspaces-max is reached. Nothing was changed.",
      "Drop a keyspace, or raise the limit and start the service again."),
  /// As many tokens as allowed.
  TOKENS_LIMIT(
      409,
      "There are as many tokens as allowed",
      "There can be 1000 tokens, expired ones among them. Nothing was changed.",
      "Revoke tokens that nobody needs."),
  /// Nobody is asked who he is.
  SECURITY_OFF(
      409,
      "The service asks nobody for a token",
      "No credentials are configured, so everybody may do everything, and a token would protect nothing. Nothing was changed.",
      "Stop the service, make the first token with the tool `token create`, and start it again."),
  /// The keyspace `default` always exists.
  DEFAULT_KEYSPACE(
      409,
      "The keyspace default cannot be dropped",
      "The keyspace `default` always exists.",
      "Delete its entries by ranges instead, with DELETE /v1/keyspaces/default/entries."),
  /// The list of a cursor has ended.
  CURSOR_EXPIRED(
      410,
      "The cursor has expired",
      "The snapshot of the list is gone: it rested longer than lightning.limits.cursor-age-max, a newer list of the same caller took"
          + " its place because the caller has its share of lightning.limits.cursors-max, its last page was read, its keyspace was"
          + " dropped, or the service was started again.",
      "Start the list again; to go on where it ended, name the last key read as start."),
  /// An operator ended the snapshot that a request reads.
  SNAPSHOT_ENDED(
      410,
      "The snapshot was ended",
      "An operator ended the snapshot that the request, or the list that it goes on with, reads at. Nothing was changed.",
      "Send the request again, or start the list again."),
  /// A transaction ended by itself.
  TRANSACTION_EXPIRED(
      410,
      "The transaction has expired",
      "The lease or the age of the transaction is over, or an operator ended it. It is rolled back, and nothing was changed.",
      "Do the whole transaction again; renew its lease in time with POST /v1/transactions/{transaction}/keep-alive."),
  /// A past version is no longer kept.
  VERSION_NOT_RETAINED(
      410,
      "The version is no longer kept",
      "The past version that the parameter `at` names can no longer be read: the keyspace keeps what its options historyAge"
          + " and historyVersions ask for, and what open snapshots need. The member `oldestVersion` tells from where on it can be"
          + " read.",
      "Read at oldestVersion or later; set historyAge or historyVersions of the keyspace to keep more from now on."),
  /// A condition of the request does not hold.
  PRECONDITION_FAILED(
      412,
      "A condition does not hold",
      "If-Match, If-None-Match or ifVersion demands another version than the entry has. The header ETag and the member"
          + " `actualVersion` tell the version it has; 0 stands for no entry. Nothing was changed.",
      "Read the entry, decide again, and send the request with its version."),
  /// A key is too long.
  KEY_TOO_LARGE(
      413,
      "The key is too large",
      "A key, or a bound of a range, is longer than 4096 bytes.",
      "Use shorter keys."),
  /// A value is too large.
  VALUE_TOO_LARGE(
      413,
      "The value is too large",
      "A value is larger than lightning.limits.value-bytes-max. Nothing was changed.",
      "Split the value, or raise the limit and start the service again."),
  /// The writes of a transaction are too many.
  TRANSACTION_TOO_LARGE(
      413,
      "The transaction is too large",
      "With this request the writes of the transaction would come to more than lightning.transactions.bytes-max. It goes on"
          + " without them.",
      "Commit in smaller parts, or raise the limit and start the service again."),
  /// A batch or its body is too large.
  BATCH_TOO_LARGE(
      413,
      "The batch is too large",
      "A batch, its body, or what its get operations read is larger than lightning.limits.batch-bytes-max, or the values of a"
          + " multiget are larger than lightning.limits.multiget-bytes-max. Nothing was changed.",
      "Send smaller batches, or use entries:import."),
  /// A batch has too many operations.
  TOO_MANY_OPERATIONS(
      413,
      "The batch has too many operations",
      "A batch has more operations than lightning.limits.batch-operations-max. Nothing was changed.",
      "Send smaller batches, or use entries:import."),
  /// A multiget has too many keys.
  TOO_MANY_KEYS(
      413,
      "The multiget has too many keys",
      "A multiget names more keys than lightning.limits.multiget-keys-max.",
      "Send several requests; Lightning-Version-At-Least makes them see at least the same version."),
  /// A body is larger than the call takes.
  BODY_TOO_LARGE(
      413,
      "The body is too large",
      "The body is larger than this call takes.",
      "Send what the OpenAPI document describes."),
  /// The URL is too long.
  URI_TOO_LONG(
      414,
      "The URL is too long",
      "The URL is longer than the service reads.",
      "Send long keys in a body."),
  /// The body has a media type or encoding that the call does not take.
  UNSUPPORTED_MEDIA_TYPE(
      415,
      "The media type of the body is not supported",
      "The call does not take bodies with this Content-Type or Content-Encoding, or the Content-Type is not a concrete media"
          + " type of at most 255 characters.",
      "Send a media type that the detail names."),
  /// The bytes asked for are not there.
  RANGE_NOT_SATISFIABLE(
      416,
      "The value has no such bytes",
      "The header Range asks for bytes behind the end of the value. The header Content-Range tells its length.",
      "Ask for bytes that exist, or leave Range out."),
  /// Valid JSON that does not say something that can be done.
  INVALID_CONTENT(
      422,
      "The body does not say what to do",
      "The body is valid JSON, but a member is missing, unknown, of the wrong type, or contradicts another. The member"
          + " `operationIndex`, where there is one, names the operation of a batch. Nothing was changed.",
      "Correct the member that the detail names."),
  /// An idempotency key came with another payload.
  IDEMPOTENCY_KEY_REUSED(
      422,
      "The Idempotency-Key was used for something else",
      "Within the last ten minutes another request had this Idempotency-Key, but not the same path, parameters, media type,"
          + " durability and body. Nothing was changed.",
      "Choose a new key for each thing to do, and send exactly the same request when you send it again."),
  /// An import met a line that cannot be imported.
  IMPORT_STOPPED(
      422,
      "The import was stopped by a line",
      "A line cannot be imported, and onError=stop (the default) was asked for. The lines before it are imported: the member"
          + " `acknowledgedLines` counts them.",
      "Correct the line named in the detail and send the lines from there on, or import with onError=skip."),
  /// A deletion needs a confirmation.
  CONFIRMATION_REQUIRED(
      428,
      "A confirmation is required",
      "The call deletes much at once, so it wants to be told twice. Nothing was changed.",
      "Send the request again with the confirmation that the detail names."),
  /// The headers are too large.
  HEADERS_TOO_LARGE(
      431,
      "The headers are too large",
      "The request line and headers are larger than the service reads.",
      "Send less."),
  /// As many transactions as allowed are open.
  TRANSACTIONS_LIMIT(
      429,
      "There are as many open transactions as allowed",
      "The limit lightning.transactions.open-max is reached, but for what is kept free; or the caller has its share of it, and others"
          + " want some. Nothing was begun.",
      "Commit or roll back what is open, and send the request again after Retry-After seconds."),
  /// A client sends too many requests.
  RATE_LIMITED(
      429,
      "You send too many requests",
      "A client may send lightning.requests.per-client-per-second-max requests a second, and lightning.requests.per-client-burst after a"
          + " rest. A client is who its token says, or else the address that it sends from. Nothing was changed.",
      "Send the request again after Retry-After seconds, and put more into each request: batches, multigets, imports."),
  /// Something that should not happen.
  INTERNAL_ERROR(
      500,
      "Something went wrong inside the service",
      "A defect of the service. Its log has the details under the time of the request.",
      "Report it with these details. Whether a write was made is not known: read before you repeat it."),
  /// Damaged bytes on disk.
  CORRUPTION(
      500,
      "Stored data is damaged",
      "The bytes on disk are not those that were written. They are not served; the members `file` and `offset` tell where they"
          + " are. Other entries are not affected.",
      "Follow the runbook \"corruption found\"."),
  /// A value that the service did not write.
  UNREADABLE_VALUE(
      500,
      "The value was not written by this service",
      "The stored bytes do not start with the header that the service puts before every value: a program wrote them through"
          + " the embedded engine.",
      "Read the entry with that program, or delete it."),
  /// A backup failed.
  BACKUP_FAILED(
      500,
      "A backup failed",
      "A backup is damaged, or could not be made or restored, or the place where backups are kept does not work. The detail tells"
          + " which. The database itself is not affected.",
      "Follow the runbook \"backup failing\"."),
  /// The disk fails reads.
  STORAGE_FAILED(
      500,
      "The storage failed",
      "The disk or the file system could not deliver data. It is not served in part.",
      "Check the disk and the log of the service."),
  /// Unknown to the HTTP layer.
  NOT_IMPLEMENTED(
      501,
      "The method or transfer coding is not known",
      "The service does not know this HTTP method, or the Transfer-Encoding of the body, which may be chunked and nothing else.",
      "Use another method, and send bodies as they are, with a Content-Length or chunked."),
  /// Nobody knows whether a token is valid.
  IDENTITY_PROVIDER_UNAVAILABLE(
      503,
      "The identity provider cannot be asked",
      "The keys of the identity provider could not be fetched, so nobody knows whether the token is valid. Nothing was changed.",
      "Send the request again after Retry-After seconds; check that the service reaches the identity provider."),
  /// A version was not visible in time.
  VERSION_NOT_YET_VISIBLE(
      503,
      "The version is not visible yet",
      "Lightning-Version-At-Least names a version that did not become visible within lightning.limits.wait-for-version-max.",
      "Send the request again after Retry-After seconds, and check that the version comes from this service."),
  /// Writes come faster than they can be stored.
  OVERLOADED(
      503,
      "The service is overloaded",
      "Writes come faster than they can be flushed and compacted, or the bodies of other requests take all the memory that there is"
          + " for them, and this one waited as long as lightning.write-wait-max allows; or lightning.requests.active-max requests are"
          + " being served, and no turn came for this one; or the caller has its share of what all callers have together, which GET"
          + " /v1/limits tells. Nothing was changed.",
      "Send the request again after Retry-After seconds, and more slowly."),
  /// Writes are refused since a storage failure.
  READ_ONLY(
      503,
      "Writes are refused",
      "An operator has switched writes off (the mode read-only), or a write or sync of the log failed, so nothing more is acknowledged"
          + " until the cause is mended and writes are resumed. The detail tells which. Reads go on. The very write that met a"
          + " failure may or may not survive.",
      "Where the mode is read-only, send the request again when it is over. After a failure, follow the runbook \"storage failure\"."),
  /// An operator has put the service into maintenance.
  MAINTENANCE(
      503,
      "The service is in maintenance",
      "An operator has put the service into the mode maintenance, in which only administration and Actuator are answered. The detail"
          + " tells the reason. Nothing was changed.",
      "Send the request again after Retry-After seconds."),
  /// The service stops.
  SHUTTING_DOWN(
      503,
      "The service is shutting down",
      "The database is being closed.",
      "Send the request again after Retry-After seconds, to the service that takes over."),
  /// The client did not want to wait as long.
  DEADLINE_EXCEEDED(
      504,
      "There was not enough time",
      "The request was not done within the time that Lightning-Timeout, or lightning.requests.timeout-default, allows. Nothing was"
          + " changed by it, apart from operations of a batch that is not atomic and lines of an import that the answer tells of.",
      "Send the request again, with more time or for less at once."),
  /// A write was made, and nobody knows for how long.
  OUTCOME_UNKNOWN(
      504,
      "Whether the write will last is not known",
      "The write is made and everybody sees it, and the time that Lightning-Timeout, or lightning.requests.timeout-default, allows was"
          + " over before it was known to be on stable storage. A power failure may take it; most often it is safe a moment later. The"
          + " member `version` names its commit.",
      "Read it to see that it is there, or wait: a later write that is answered as synced proves it. A request with an Idempotency-Key,"
          + " and the commit of a transaction, can be sent again."),
  /// The request is in another version of HTTP.
  HTTP_VERSION_NOT_SUPPORTED(
      505,
      "The version of HTTP is not supported",
      "The request line names another version than HTTP/1.1 or HTTP/1.0.",
      "Use HTTP/1.1."),
  /// The disk is nearly full.
  DISK_RESERVE_REACHED(
      507,
      "The disk is nearly full",
      "Less of the disk is free than lightning.disk.reserve-bytes keeps for deletions, flushes and compactions, so writes of new data are"
          + " refused. Nothing was changed. Reads and deletions go on. New data is taken again by itself once as many bytes are free as"
          + " the member `limit` says; `actual` tells how many are.",
      "Delete what is not needed, or follow the runbook \"disk full\"; then send the request again.");

  private final int status;
  private final String title;
  private final String meaning;
  private final String remedy;

  ProblemType(int status, String title, String meaning, String remedy) {
    this.status = status;
    this.title = title;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  /// Finds the type of a name.
  ///
  /// @param name a name as in [#slug]
  /// @return the type, or nothing if no type has this name
  public static Optional<ProblemType> find(String name) {
    return Arrays.stream(values()).filter(type -> type.slug().equals(name)).findFirst();
  }

  /// The name in URLs, such as `entry-not-found`.
  ///
  /// @return a name in kebab case
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The URI reference that identifies the type and leads to its page.
  ///
  /// @return a path
  public String path() {
    return "/problems/" + slug();
  }

  /// The HTTP status that it is answered with.
  ///
  /// @return 400 to 507
  public int status() {
    return status;
  }

  /// What happened, in a few words that are the same each time.
  ///
  /// @return a phrase
  public String title() {
    return title;
  }

  /// What happened.
  ///
  /// @return one or more sentences
  public String meaning() {
    return meaning;
  }

  /// What the client can do about it.
  ///
  /// @return one or more sentences
  public String remedy() {
    return remedy;
  }

  /// Tells whether the same request, or the transaction that it belongs to, may succeed later without any change.
  ///
  /// @return true for conflicts and for what passes by itself
  public boolean isRetryable() {
    return switch (this) {
      case CONFLICT,
          TRANSACTION_CONFLICT,
          DEADLOCK,
          LOCK_TIMEOUT,
          TRANSACTIONS_LIMIT,
          RATE_LIMITED,
          DEADLINE_EXCEEDED,
          IDEMPOTENCY_KEY_IN_USE,
          DISK_RESERVE_REACHED,
          OPERATION_IN_PROGRESS ->
          true;
      default -> status == 503 && this != READ_ONLY;
    };
  }
}
