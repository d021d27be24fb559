package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lightningdb.generated.common.ApiClient;
import io.lightningdb.generated.common.ApiException;
import io.lightningdb.generated.common.api.EntriesApi;
import io.lightningdb.generated.common.api.KeyspacesApi;
import io.lightningdb.generated.common.api.TransactionsApi;
import io.lightningdb.generated.common.model.Batch;
import io.lightningdb.generated.common.model.BatchResult;
import io.lightningdb.generated.common.model.Comparison;
import io.lightningdb.generated.common.model.Execute;
import io.lightningdb.generated.common.model.ExecuteResult;
import io.lightningdb.generated.common.model.Increment;
import io.lightningdb.generated.common.model.KeyOperation;
import io.lightningdb.generated.common.model.Multiget;
import io.lightningdb.generated.common.model.NewTransaction;
import io.lightningdb.generated.common.model.Operation;
import io.lightningdb.generated.common.model.PlacedKeyOperation;
import io.lightningdb.generated.common.model.PlacedOperation;
import io.lightningdb.generated.common.model.PlacedPut;
import io.lightningdb.generated.common.model.Problem;
import io.lightningdb.generated.common.model.Put;
import io.lightningdb.generated.common.model.Transaction;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// The calls of the tag Transactions, by a generated client.
@ExtendWith(SharedService.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultTransactionsTest {
  private static final String SPACE = "transactions-common";
  private static final String NONE = "999999-0123456789abcdef";
  private static final long BEYOND_DOUBLE = 9007199254740993L;

  @TempDir private static Path folder;

  private final DefaultLibrary library = new DefaultLibrary();
  private TransactionsApi transactions;
  private TransactionsApi unpleasable;
  private EntriesApi entries;

  @BeforeAll
  void start(PackedService service) throws Exception {
    ApiClient client = library.client(service.url());
    transactions = new TransactionsApi(client);
    unpleasable = new TransactionsApi(library.unpleasable(service.url()));
    entries = new EntriesApi(client);
    new KeyspacesApi(client).putKeyspace(SPACE, null, null, null);
  }

  @AfterAll
  void everyCallWasMade() {
    library.called().assertComplete("Transactions");
  }

  private static File file(byte... content) throws Exception {
    return Files.write(Files.createTempFile(folder, "value", null), content).toFile();
  }

  private String begin() throws Exception {
    return transactions.beginTransaction(null, null, null).getId();
  }

  private long put(String key, byte... value) throws Exception {
    return entries
        .putEntry(
            SPACE,
            key,
            null,
            null,
            null,
            "text/plain",
            null,
            null,
            null,
            null,
            null,
            null,
            file(value))
        .getVersion();
  }

  private void put(String transaction, String key, byte[] value) throws Exception {
    transactions.putEntryInTransaction(
        transaction, SPACE, key, null, null, null, null, null, null, null, null, null, file(value));
  }

  private byte[] get(String transaction, String key) throws Exception {
    File file =
        transactions.getEntryInTransaction(
            transaction, SPACE, key, "update", null, null, null, null, null, null, null);
    return Files.readAllBytes(file.toPath());
  }

  private long count(String transaction) throws Exception {
    return transactions
        .countEntriesInTransaction(transaction, SPACE, null, null, null, "t-", null, null)
        .getCount();
  }

  @Test
  void everythingIsDoneInATransaction() throws Exception {
    Transaction begun =
        transactions.beginTransaction(
            null,
            null,
            new NewTransaction()
                .isolation(NewTransaction.IsolationEnum.SERIALIZABLE)
                .lease("PT20S"));
    String id = begun.getId();
    assertEquals(Transaction.IsolationEnum.SERIALIZABLE, begun.getIsolation());
    assertEquals("PT20S", begun.getLease());
    assertEquals(id, transactions.getTransaction(id, null, null).getId());
    assertEquals(id, transactions.keepTransactionAlive(id, null, null).getId());
    assertTrue(
        transactions.listOpenTransactions(null, null).getTransactions().stream()
            .anyMatch(open -> open.getTransaction().getId().equals(id)));

    put(id, "t-a", new byte[] {0, (byte) 0xFF});
    put(id, "t-empty", new byte[0]);
    assertArrayEquals(new byte[] {0, (byte) 0xFF}, get(id, "t-a"));
    assertArrayEquals(new byte[0], get(id, "t-empty"));
    assertEquals(
        200,
        transactions
            .headEntryInTransactionWithHttpInfo(
                id, SPACE, "t-a", null, null, null, null, null, null)
            .getStatusCode());
    assertEquals(
        BEYOND_DOUBLE,
        transactions
            .incrementEntryInTransaction(
                id, SPACE, "t-n", new Increment().by(BEYOND_DOUBLE), null, null, null)
            .getValue());

    long savepoint = transactions.makeSavepoint(id, null, null).getSavepoint();
    transactions.deleteEntryInTransaction(id, SPACE, "t-a", null, null, null, null, null);
    assertEquals(2, count(id));
    transactions.rollbackToSavepoint(id, savepoint, null, null);
    assertEquals(3, count(id));

    BatchResult batch =
        transactions.batchEntriesInTransaction(
            id,
            SPACE,
            new Batch()
                .addOperationsItem(new Operation().put(new Put().key("t-text").value("text")))
                .addOperationsItem(new Operation().get(new KeyOperation().key("t-n"))),
            null,
            null,
            null);
    assertEquals(BEYOND_DOUBLE, batch.getResults().get(1).getValue());
    assertEquals(
        List.of("t-a", "t-empty", "t-n", "t-text"),
        transactions
            .listEntriesInTransaction(
                id, SPACE, null, 10, null, null, null, null, null, "t-", null, null)
            .getEntries()
            .stream()
            .map(entry -> entry.getKey())
            .toList());
    assertEquals(
        2,
        transactions
            .multigetEntriesInTransaction(
                id, SPACE, new Multiget().keys(List.of("t-a", "none")), null, null, null)
            .getEntries()
            .size());
    transactions.deleteEntriesInTransaction(id, SPACE, true, null, null, null, "t-e", null, null);
    long version =
        transactions.commitTransaction(id, "commit-common", null, null, null).getVersion();
    assertEquals(version, transactions.commitTransaction(id, null, null, null, null).getVersion());
    File committed =
        entries.getEntry(SPACE, "t-a", null, null, null, null, null, version, null, null);
    assertArrayEquals(new byte[] {0, (byte) 0xFF}, Files.readAllBytes(committed.toPath()));
  }

  @Test
  void conflictsAreProblems() throws Exception {
    put("contended", (byte) '1');
    String first = begin();
    String second = begin();
    put(first, "contended", new byte[] {'2'});
    put(second, "contended", new byte[] {'3'});
    transactions.commitTransaction(first, null, null, null, null);
    Problem problem =
        library.problem(() -> transactions.commitTransaction(second, null, null, null, null));
    assertEquals("/problems/transaction-conflict", problem.getType());
    assertEquals("contended", problem.getConflictingKey());
    assertEquals(SPACE, problem.getKeyspace());
    assertTrue(problem.getRetryable());
  }

  @Test
  void rolledBackTransactionsLeaveNothing() throws Exception {
    String id = begin();
    put(id, "rolled-back", new byte[] {'x'});
    transactions.rollbackTransaction(id, null, null);
    ApiException gone =
        assertThrows(
            ApiException.class,
            () -> entries.headEntry(SPACE, "rolled-back", null, null, null, null, null, null));
    assertEquals(404, gone.getCode());
  }

  @Test
  void executeComparesAndActs() throws Exception {
    long version = put("compared", (byte) 'x');
    Execute execute =
        new Execute()
            .addCompareItem(new Comparison().keyspace(SPACE).key("compared").version(version))
            .addThenItem(
                new PlacedOperation()
                    .put(new PlacedPut().keyspace(SPACE).key("done").value(true).ttl("PT1H")))
            .addElseItem(
                new PlacedOperation()
                    .get(new PlacedKeyOperation().keyspace(SPACE).key("compared")));
    ExecuteResult first =
        transactions.executeTransaction(execute, "execute-common", null, null, null, null);
    assertTrue(first.getSucceeded());
    assertEquals(first.getVersion(), first.getResults().get(0).getVersion());

    put("compared", (byte) 'y');
    ExecuteResult second = transactions.executeTransaction(execute, null, null, null, null, null);
    assertFalse(second.getSucceeded());
    assertEquals("y", second.getResults().get(0).getValue());

    Problem problem =
        library.problem(() ->
            transactions.executeTransaction(
                new Execute()
                    .addThenItem(
                        new PlacedOperation()
                            .get(new PlacedKeyOperation().keyspace("absent-common").key("k"))),
                null,
                null,
                null,
                null,
                null));
    assertEquals("/problems/keyspace-not-found", problem.getType());
  }

  @Test
  void transactionsThatAreNotThereAreProblems() throws Exception {
    for (Executable call :
        List.<Executable>of(
            () -> transactions.getTransaction(NONE, null, null),
            () -> transactions.keepTransactionAlive(NONE, null, null),
            () -> transactions.rollbackTransaction(NONE, null, null),
            () -> transactions.makeSavepoint(NONE, null, null),
            () -> transactions.rollbackToSavepoint(NONE, 1L, null, null),
            () -> get(NONE, "k"),
            () -> put(NONE, "k", new byte[] {1}),
            () ->
                transactions.deleteEntryInTransaction(
                    NONE, SPACE, "k", null, null, null, null, null),
            () ->
                transactions.incrementEntryInTransaction(
                    NONE, SPACE, "k", new Increment(), null, null, null),
            () ->
                transactions.listEntriesInTransaction(
                    NONE, SPACE, null, null, null, null, null, null, null, null, null, null),
            () ->
                transactions.deleteEntriesInTransaction(
                    NONE, SPACE, true, null, null, null, "k", null, null),
            () -> count(NONE),
            () ->
                transactions.batchEntriesInTransaction(
                    NONE,
                    SPACE,
                    new Batch().addOperationsItem(new Operation().get(new KeyOperation().key("k"))),
                    null,
                    null,
                    null),
            () ->
                transactions.multigetEntriesInTransaction(
                    NONE, SPACE, new Multiget().keys(List.of("k")), null, null, null))) {
      assertEquals("/problems/transaction-not-found", library.problem(call).getType());
    }
    ApiException head =
        assertThrows(
            ApiException.class,
            () ->
                transactions.headEntryInTransaction(
                    NONE, SPACE, "k", null, null, null, null, null, null));
    assertEquals(404, head.getCode());
  }

  @Test
  void whatIsWrongIsTold() throws Exception {
    Problem lease =
        library.problem(() ->
            transactions.beginTransaction(null, null, new NewTransaction().lease("tomorrow")));
    assertEquals(422, lease.getStatus());
    Problem accept = library.problem(() -> unpleasable.listOpenTransactions(null, null));
    assertEquals("/problems/not-acceptable", accept.getType());
  }
}
