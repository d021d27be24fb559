package io.lightningdb.server.transaction;

import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// What operators do with the transactions of others: `/v1/admin/transactions`. The list is at `/v1/transactions` too,
/// beside the transactions themselves.
@RestController
class AdminTransactionController {
  private static final String PATH = "/v1/admin/transactions";
  private static final String LIST_PATH = "/v1/transactions";

  private final Transactions transactions;

  /// Called by Spring.
  ///
  /// @param transactions finds transactions
  AdminTransactionController(Transactions transactions) {
    this.transactions = transactions;
  }

  /// An open transaction and whose it is.
  ///
  /// @param owner who began it
  /// @param transaction how it behaves and where it stands
  record Owned(String owner, TransactionDocument transaction) {}

  /// The open transactions.
  ///
  /// @param transactions in the order in which they were begun
  record ListDocument(List<Owned> transactions) {}

  /// Lists the open transactions, as many as there are: their number is bounded.
  ///
  /// @return the transactions of this moment
  @GetMapping(
      path = {PATH, LIST_PATH},
      produces = MediaType.APPLICATION_JSON_VALUE)
  ListDocument list() {
    return new ListDocument(
        transactions.list().stream()
            .map(session ->
                new Owned(session.transaction().options().owner(), TransactionDocument.of(session)))
            .toList());
  }

  /// Ends a transaction: it is rolled back, and its client is told that it has expired.
  ///
  /// @param id names the transaction
  /// @return 204
  @DeleteMapping(PATH + "/{transaction}")
  ResponseEntity<Void> end(@PathVariable("transaction") String id) {
    transactions.expire(id);
    return ResponseEntity.noContent().build();
  }
}
