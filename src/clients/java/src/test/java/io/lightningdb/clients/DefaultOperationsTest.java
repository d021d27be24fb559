package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lightningdb.generated.common.api.AdministrationApi;
import io.lightningdb.generated.common.api.OperationsApi;
import io.lightningdb.generated.common.model.BackgroundOperation;
import io.lightningdb.generated.common.model.Health;
import io.lightningdb.generated.common.model.Integrity;
import io.lightningdb.generated.common.model.NewBackgroundOperation;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/// The calls of the tag Operations, by a generated client.
@ExtendWith(SharedService.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultOperationsTest {
  private final DefaultLibrary library = new DefaultLibrary();
  private OperationsApi operations;
  private OperationsApi unpleasable;

  @BeforeAll
  void start(PackedService service) throws Exception {
    // Where there is a place for backups, health wants one to be made.
    AdministrationApi administration = new AdministrationApi(library.client(service.url()));
    String backup =
        administration
            .startOperation(
                new NewBackgroundOperation().kind(NewBackgroundOperation.KindEnum.BACKUP),
                null,
                null)
            .getId();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            administration.getOperation(backup, null, null).getState()
                == BackgroundOperation.StateEnum.SUCCEEDED);
    operations = new OperationsApi(library.client(service.url()));
    unpleasable = new OperationsApi(library.unpleasable(service.url()));
  }

  @AfterAll
  void everyCallWasMade() {
    library.called().assertComplete("Operations");
  }

  @Test
  void healthAndFiguresAreRead() throws Exception {
    Health health = operations.getHealth();
    assertEquals(Health.StatusEnum.UP, health.getStatus());
    assertTrue(health.getGroups().contains("readiness"));
    assertEquals(Health.StatusEnum.UP, operations.getHealthGroup("readiness").getStatus());
    assertTrue(operations.getPrometheus().contains("lightning_"));
    assertFalse(operations.getEngine().getOptions().isEmpty());
    assertEquals(0.0, operations.getCompaction().getFlushBacklog());
    assertFalse(operations.getCompaction().getKeyspaces().isEmpty());
  }

  @Test
  void integrityIsChecked() throws Exception {
    assertNotNull(operations.checkIntegrity().getPhase());
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> operations.getIntegrity().getPhase() == Integrity.PhaseEnum.FINISHED);
    assertTrue(operations.getIntegrity().getReport().getClean());
    assertNotNull(operations.getIntegrity().getScrub().getRunning());
  }

  @Test
  void whatIsWrongIsTold() throws Exception {
    for (Executable call :
        List.<Executable>of(
            () -> unpleasable.getHealth(),
            () -> unpleasable.getHealthGroup("readiness"),
            () -> unpleasable.getPrometheus(),
            () -> unpleasable.getEngine(),
            () -> unpleasable.getCompaction(),
            () -> unpleasable.getIntegrity(),
            () -> unpleasable.checkIntegrity())) {
      assertEquals("/problems/not-acceptable", library.problem(call).getType());
    }
    assertEquals(
        "/problems/path-not-found",
        library.problem(() -> operations.getHealthGroup("none")).getType());
  }
}
