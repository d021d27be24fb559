package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.lightningdb.generated.common.ApiClient;
import io.lightningdb.generated.common.api.AdministrationApi;
import io.lightningdb.generated.common.api.TransactionsApi;
import io.lightningdb.generated.common.model.AuditEventList;
import io.lightningdb.generated.common.model.BackgroundOperation;
import io.lightningdb.generated.common.model.Backup;
import io.lightningdb.generated.common.model.Caller;
import io.lightningdb.generated.common.model.History;
import io.lightningdb.generated.common.model.KeyspaceStructure;
import io.lightningdb.generated.common.model.Memtable;
import io.lightningdb.generated.common.model.Mode;
import io.lightningdb.generated.common.model.ModeRequest;
import io.lightningdb.generated.common.model.NewBackgroundOperation;
import io.lightningdb.generated.common.model.NewToken;
import io.lightningdb.generated.common.model.Problem;
import io.lightningdb.generated.common.model.Setting;
import io.lightningdb.generated.common.model.Snapshot;
import io.lightningdb.generated.common.model.Storage;
import io.lightningdb.generated.common.model.TokenRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/// The calls of the tag Administration, by a generated client.
@ExtendWith(SharedService.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultAdministrationTest {
  private static final long BEYOND_INT = 5_000_000_000L;
  private static final long BEYOND_DOUBLE = 9007199254740993L;

  private final DefaultLibrary library = new DefaultLibrary();
  private AdministrationApi administration;
  private AdministrationApi unpleasable;
  private TransactionsApi transactions;

  @BeforeAll
  void start(PackedService service) {
    ApiClient client = library.client(service.url());
    administration = new AdministrationApi(client);
    unpleasable = new AdministrationApi(library.unpleasable(service.url()));
    transactions = new TransactionsApi(client);
  }

  @AfterAll
  void everyCallWasMade() {
    library.called().assertComplete("Administration");
  }

  private BackgroundOperation ended(NewBackgroundOperation operation) throws Exception {
    String id = administration.startOperation(operation, null, null).getId();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            administration.getOperation(id, null, null).getState()
                != BackgroundOperation.StateEnum.RUNNING);
    return administration.getOperation(id, null, null);
  }

  @Test
  void limitsAndStorageAreRead() throws Exception {
    assertTrue(administration.getLimits().getTtlMillisMax() > 1L << 32);
    assertTrue(administration.getLimits().getShares().get("cursors").getMax() > 0);
    assertTrue(administration.getStorage().getDiskFreeBytes() > 0);
  }

  @Test
  void keyspacesAreTakenApart() throws Exception {
    KeyspaceStructure structure = administration.getKeyspaceStorage("default", null, null, null);
    assertEquals("default", structure.getName());
    assertEquals(Memtable.StateEnum.ACTIVE, structure.getMemtables().getFirst().getState());
    assertEquals(
        "/problems/keyspace-not-found",
        library
            .problem(() -> administration.getKeyspaceStorage("absent-common", null, null, null))
            .getType());
  }

  @Test
  void theLastHoursAreTold() throws Exception {
    History history = administration.getHistory(60, 6, null, null);
    assertEquals(10, history.getIntervalSeconds());
    assertEquals(6, history.getTimes().size());
    assertEquals(6, history.getSeries().get("heapBytes").size());
    assertNotNull(history.getSeries().get("heapBytes").getLast());
    assertEquals(
        "/problems/invalid-parameter",
        library.problem(() -> administration.getHistory(1, 6, null, null)).getType());
  }

  @Test
  void settingsAreTold() throws Exception {
    Setting secret =
        administration.getSettings(null, null).getSettings().stream()
            .filter(setting -> setting.getName().equals("lightning.cursor-secret"))
            .findFirst()
            .orElseThrow();
    assertEquals("", secret.getDefaultValue());
    assertTrue(Set.of("", "***").contains(secret.getValue()));
  }

  @Test
  void theAuditLogAndTheQuarantineAreRead() throws Exception {
    administration.setMode(new ModeRequest().mode(ModeRequest.ModeEnum.READ_WRITE), null, null);
    AuditEventList audit = administration.listAuditEvents(1, null, null, null);
    assertEquals(1, audit.getEvents().size());
    assertEquals(
        "/problems/invalid-parameter",
        library.problem(() -> administration.listAuditEvents(0, null, null, null)).getType());
    assertTrue(administration.listQuarantine(null, null).getItems().isEmpty());
  }

  @Test
  void callersAreToldWhoTheyAre() throws Exception {
    Caller caller = administration.getCaller(null, null);
    assertTrue(caller.getSecured());
    assertTrue(caller.getRoles().contains(Caller.RolesEnum.ADMIN));
    assertEquals(List.of("*"), caller.getKeyspaces());
    assertEquals("Lightning DB", caller.getService().getName());
  }

  @Test
  void sizesAreNotCut() throws Exception {
    String answer =
        """
        {"directory": "data", "diskFreeBytes": %d, "log": {"segments": 2, "bytes": %d},
         "runFiles": 3, "runBytes": %d, "keyspaces": [{"name": "k", "runFiles": 3, "runBytes": %d,
         "levels": [{"level": 0, "sortedRuns": 1, "runFiles": 3, "bytes": %d}]}]}
        """
            .formatted(BEYOND_DOUBLE, BEYOND_INT, BEYOND_INT, BEYOND_INT, BEYOND_INT);
    HttpServer large =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    large.createContext(
        "/",
        exchange -> {
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    large.start();
    try {
      String url = "http://127.0.0.1:" + large.getAddress().getPort();
      Storage storage = new AdministrationApi(new DefaultLibrary().client(url)).getStorage();
      assertEquals(BEYOND_DOUBLE, storage.getDiskFreeBytes());
      assertEquals(BEYOND_INT, storage.getLog().getBytes());
      assertEquals(BEYOND_INT, storage.getRunBytes());
      assertEquals(BEYOND_INT, storage.getKeyspaces().getFirst().getLevels().getFirst().getBytes());
    } finally {
      large.stop(0);
    }
  }

  @Test
  void operationsAndBackupsAreMade() throws Exception {
    BackgroundOperation backup =
        ended(new NewBackgroundOperation().kind(NewBackgroundOperation.KindEnum.BACKUP));
    assertEquals(BackgroundOperation.StateEnum.SUCCEEDED, backup.getState());
    assertEquals(1.0, backup.getProgress());
    List<Backup> backups = administration.listBackups(null, null).getBackups();
    String id = backups.getLast().getId();
    assertTrue(administration.getBackup(id, null, null).getBytes() > 0);
    BackgroundOperation check =
        ended(
            new NewBackgroundOperation()
                .kind(NewBackgroundOperation.KindEnum.RESTORE_CHECK)
                .backup(id));
    assertEquals(BackgroundOperation.StateEnum.SUCCEEDED, check.getState());
    assertTrue(administration.getBackup(id, null, null).getLastVerification().getGood());
    administration.deleteBackup(id, null, null);
    assertEquals(
        "/problems/backup-not-found",
        library.problem(() -> administration.getBackup(id, null, null)).getType());

    assertEquals(
        backup.getState(), administration.cancelOperation(backup.getId(), null, null).getState());
    assertTrue(
        administration.listOperations(null, null).getOperations().stream()
            .anyMatch(operation -> operation.getId().equals(backup.getId())));
    Problem refused =
        library.problem(() ->
            administration.startOperation(
                new NewBackgroundOperation()
                    .kind(NewBackgroundOperation.KindEnum.FLUSH)
                    .keyspace("absent-common"),
                null,
                null));
    assertEquals("/problems/keyspace-not-found", refused.getType());
  }

  @Test
  void openTransactionsAndSnapshotsAreEnded() throws Exception {
    String id = transactions.beginTransaction(null, null, null).getId();
    assertTrue(
        administration.listTransactions(null, null).getTransactions().stream()
            .anyMatch(open -> open.getTransaction().getId().equals(id)));
    administration.endTransaction(id, null, null);
    assertEquals(
        "/problems/transaction-expired",
        library.problem(() -> transactions.getTransaction(id, null, null)).getType());

    String other = transactions.beginTransaction(null, null, null).getId();
    String number = other.substring(0, other.indexOf('-'));
    Snapshot snapshot =
        administration.listSnapshots(null, null).getSnapshots().stream()
            .filter(open -> open.getOwner().startsWith("transaction " + number + ","))
            .findFirst()
            .orElseThrow();
    administration.endSnapshot(Long.toString(snapshot.getId()), null, null);
    assertEquals(
        "/problems/transaction-expired",
        library.problem(() -> transactions.getTransaction(other, null, null)).getType());
  }

  @Test
  void modeIsSetAndWritesAreResumed() throws Exception {
    Mode mode =
        administration.setMode(
            new ModeRequest().mode(ModeRequest.ModeEnum.READ_ONLY).reason("a test"), null, null);
    try {
      assertEquals(Mode.ModeEnum.READ_ONLY, mode.getMode());
      assertEquals("a test", administration.getMode(null, null).getReason());
    } finally {
      administration.setMode(new ModeRequest().mode(ModeRequest.ModeEnum.READ_WRITE), null, null);
    }
    assertEquals(Mode.ModeEnum.READ_WRITE, administration.getMode(null, null).getMode());
    assertFalse(administration.resumeWrites(null, null).getResumed());
    Problem withoutReason =
        library.problem(() ->
            administration.setMode(
                new ModeRequest().mode(ModeRequest.ModeEnum.READ_ONLY), null, null));
    assertEquals(422, withoutReason.getStatus());
  }

  @Test
  void tokensAreMadeAndRevoked() throws Exception {
    TokenRequest request =
        new TokenRequest()
            .name("shop common")
            .addRolesItem(TokenRequest.RolesEnum.WRITER)
            .addKeyspacesItem("orders-*")
            .ttl("P1D");
    NewToken made = administration.createToken(request, null, null);
    assertTrue(made.getToken().startsWith("ldb_" + made.getId()));
    assertEquals("shop common", administration.getToken(made.getId(), null, null).getName());
    assertTrue(
        administration.listTokens(null, null).getTokens().stream()
            .anyMatch(token -> token.getId().equals(made.getId())));
    administration.revokeToken(made.getId(), null, null);
    assertEquals(
        "/problems/token-not-found",
        library.problem(() -> administration.revokeToken(made.getId(), null, null)).getType());
    Problem empty =
        library.problem(() ->
            administration.createToken(
                new TokenRequest().name("x").roles(List.of()).keyspaces(List.of("*")), null, null));
    assertEquals(422, empty.getStatus());
  }

  @Test
  void whatIsNotThereIsAProblem() throws Exception {
    assertEquals(
        "/problems/operation-not-found",
        library.problem(() -> administration.getOperation("none", null, null)).getType());
    assertEquals(
        "/problems/operation-not-found",
        library.problem(() -> administration.cancelOperation("none", null, null)).getType());
    assertEquals(
        "/problems/backup-not-found",
        library.problem(() -> administration.deleteBackup("none", null, null)).getType());
    assertEquals(
        "/problems/token-not-found",
        library.problem(() -> administration.getToken("0123456789abcdef", null, null)).getType());
    assertEquals(
        "/problems/transaction-not-found",
        library.problem(() -> administration.endTransaction("99-1", null, null)).getType());
    assertEquals(
        "/problems/snapshot-not-found",
        library.problem(() -> administration.endSnapshot("999999", null, null)).getType());
  }

  @Test
  void whatCannotBeReadIsAProblem() throws Exception {
    for (Executable call :
        List.<Executable>of(
            () -> unpleasable.getLimits(),
            () -> unpleasable.getStorage(),
            () -> unpleasable.getCaller(null, null),
            () -> unpleasable.getSettings(null, null),
            () -> unpleasable.listQuarantine(null, null),
            () -> unpleasable.listOperations(null, null),
            () -> unpleasable.listBackups(null, null),
            () -> unpleasable.listTransactions(null, null),
            () -> unpleasable.listSnapshots(null, null),
            () -> unpleasable.listTokens(null, null),
            () -> unpleasable.getMode(null, null),
            () -> unpleasable.resumeWrites(null, null))) {
      assertEquals("/problems/not-acceptable", library.problem(call).getType());
    }
  }
}
