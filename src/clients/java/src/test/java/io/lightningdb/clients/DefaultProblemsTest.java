package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lightningdb.generated.common.api.ProblemsApi;
import io.lightningdb.generated.common.model.ProblemPage;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// The calls of the tag Problems, by a generated client.
@ExtendWith(SharedService.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultProblemsTest {
  private final DefaultLibrary library = new DefaultLibrary();
  private ProblemsApi problems;
  private ProblemsApi unpleasable;

  @BeforeAll
  void start(PackedService service) {
    problems = new ProblemsApi(library.client(service.url()));
    unpleasable = new ProblemsApi(library.unpleasable(service.url()));
  }

  @AfterAll
  void everyCallWasMade() {
    library.called().assertComplete("Problems");
  }

  @Test
  void pagesOfProblemsAreRead() throws Exception {
    List<ProblemPage> all = problems.listProblems().getProblems();
    assertTrue(all.size() > 50);
    ProblemPage page = problems.getProblem("entry-not-found");
    assertEquals(404, page.getStatus());
    assertFalse(page.getRetryable());
    assertTrue(all.contains(page));
    assertEquals(
        "/problems/path-not-found", library.problem(() -> problems.getProblem("none")).getType());
    assertEquals(
        "/problems/not-acceptable", library.problem(() -> unpleasable.listProblems()).getType());
  }
}
