package io.lightningdb.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lightningdb.generated.common.ApiClient;
import io.lightningdb.generated.common.api.KeyspacesApi;
import io.lightningdb.generated.common.model.Keyspace;
import io.lightningdb.generated.common.model.KeyspaceOptions;
import io.lightningdb.generated.common.model.KeyspaceOptionsChange;
import io.lightningdb.generated.common.model.Problem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// The calls of the tag Keyspaces, by a generated client.
@ExtendWith(SharedService.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultKeyspacesTest {
  private static final String SPACE = "keyspaces-common";
  private static final String ABSENT = "absent-common";

  private final DefaultLibrary library = new DefaultLibrary();
  private KeyspacesApi keyspaces;
  private KeyspacesApi unpleasable;

  @BeforeAll
  void start(PackedService service) {
    ApiClient client = library.client(service.url());
    keyspaces = new KeyspacesApi(client);
    unpleasable = new KeyspacesApi(library.unpleasable(service.url()));
  }

  @AfterAll
  void everyCallWasMade() {
    library.called().assertComplete("Keyspaces");
  }

  @Test
  void keyspacesAreMadeChangedListedAndDropped() throws Exception {
    Keyspace made =
        keyspaces.putKeyspace(
            SPACE,
            null,
            null,
            new KeyspaceOptionsChange()
                .preset(KeyspaceOptionsChange.PresetEnum.READ_HEAVY)
                .historyAge("PT1H")
                .leafBytes(8192));
    assertEquals(SPACE, made.getName());
    assertEquals(8192, made.getOptions().getLeafBytes());
    Keyspace changed =
        keyspaces.putKeyspace(
            SPACE,
            null,
            null,
            new KeyspaceOptionsChange().durability(KeyspaceOptionsChange.DurabilityEnum.LOGGED));
    assertEquals("PT1H", changed.getOptions().getHistoryAge());
    assertEquals(KeyspaceOptions.DurabilityEnum.LOGGED, changed.getOptions().getDurability());

    Keyspace shown = keyspaces.getKeyspace(SPACE, null, null);
    assertEquals(changed.getOptions(), shown.getOptions());
    assertEquals(0, shown.getStatistics().getEntries());
    assertTrue(
        keyspaces.listKeyspaces(1000, null, null, null).getKeyspaces().stream()
            .anyMatch(keyspace -> keyspace.getName().equals(SPACE)));

    Problem unconfirmed =
        library.problem(() -> keyspaces.deleteKeyspace(SPACE, null, null, null, null));
    assertEquals("/problems/confirmation-required", unconfirmed.getType());
    keyspaces.deleteKeyspace(SPACE, SPACE, null, null, null);
    Problem gone = library.problem(() -> keyspaces.getKeyspace(SPACE, null, null));
    assertEquals("/problems/keyspace-not-found", gone.getType());
  }

  @Test
  void whatIsWrongIsTold() throws Exception {
    Problem options =
        library.problem(() ->
            keyspaces.putKeyspace(ABSENT, null, null, new KeyspaceOptionsChange().leafBytes(1)));
    assertEquals(422, options.getStatus());
    assertTrue(options.getDetail().contains("leafBytes"), options.getDetail());
    Problem accept = library.problem(() -> unpleasable.listKeyspaces(null, null, null, null));
    assertEquals("/problems/not-acceptable", accept.getType());
  }
}
