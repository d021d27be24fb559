package io.lightningdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.server.settings.Preset;
import io.lightningdb.server.web.Words;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// Clients cannot tell presets apart: the tests tagged `core` pass under each. An ordinary run takes two presets by its seed, and
/// `-Dtest.campaign=3` all. All tests of the service run under one with `-Dlightning.preset=<preset>`.
class PresetApiTest {
  private static final int PRESETS = 2;

  private final @Nullable String presetOfAllTests = System.getProperty(PresetContexts.PROPERTY);

  @BeforeEach
  void keepTheServiceOfAllTests() {
    PresetContexts.keep();
  }

  @AfterEach
  void setUpAsBefore() {
    PresetContexts.close();
    if (presetOfAllTests == null) {
      System.clearProperty(PresetContexts.PROPERTY);
    } else {
      System.setProperty(PresetContexts.PROPERTY, presetOfAllTests);
    }
  }

  static List<Preset> presets() {
    long seed = Seeds.one();
    Seeds.print(PresetApiTest.class, seed, "presets");
    List<Preset> presets = new ArrayList<>(List.of(Preset.values()));
    // All other tests run under this one.
    presets.remove(Preset.BALANCED);
    Collections.shuffle(presets, new Random(seed));
    return presets.subList(0, Math.min(PRESETS * Seeds.campaign(), presets.size()));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void coreOfTheApiIsAsDocumentedUnder(Preset preset) {
    System.setProperty(PresetContexts.PROPERTY, Words.of(preset));
    LauncherDiscoveryRequest core =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectPackage("io.lightningdb.server"))
            .filters(TagFilter.includeTags("core"))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();

    LauncherFactory.create().execute(core, listener);

    TestExecutionSummary summary = listener.getSummary();
    assertThat(summary.getFailures())
        .extracting(
            failure -> failure.getTestIdentifier().getUniqueId() + ": " + failure.getException())
        .isEmpty();
    assertThat(summary.getTestsSucceededCount()).isGreaterThan(60);
  }
}
