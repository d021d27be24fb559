package io.lightningdb.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"since\":\"2026-01-02T03:04:05Z\"}|{\"since\":\"2027-11-12T13:14:15.123Z\"}",
        "{\"ageMillis\":61500}|{\"ageMillis\":7}",
        "lightning_disk_free_bytes 2.0971520E8|lightning_disk_free_bytes 1.6777216E7",
        "checked in 0.7 s, 1 fault|checked in 12.25 s, 1 fault",
        "run-0000000000000001 offset 297776|run-0000000000000012 offset 8192",
        "20250601t030000z-9f3ab0c4  full|20261130t145817z-00000001  full",
        "tokens/3f0a81c2d4e5b697 shop|tokens/1111111111111111 shop",
        "notAfter=Apr  2 03:04:05 2026 GMT|notAfter=Dec 12 13:14:15 2027 GMT",
        "10G 40%|1.5M 40%",
        "a … c|a whatever there is c",
        "took PT1.5S|took PT12M3S",
      })
  void whatDiffersFromRunToRunHasAShape(String shown, String printed) {
    assertThat(Shape.of(List.of(shown)).matches(printed + "\n")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lightning_storage_failed 1.0|lightning_storage_failed 0.0",
        "lightning_storage_failure_age_seconds 61.5|lightning_storage_failure_age_seconds 0.0",
        "exit code 10|exit code 0",
        "exit code 10|exit code 11",
        "201|507",
        "{\"status\":\"UP\"}|{\"status\":\"DOWN\"}",
        "{\"since\":\"2026-01-02T03:04:05Z\"}|{\"since\":\"yesterday\"}",
        "{\"a\":1}|{\"a\":1,\"b\":2}",
        "count 1234|count none",
        "lightning_disk_free_bytes 2.0E8|lightning_disk_reserve_bytes 2.0E8",
        "a … c|a b d",
      })
  void allElseIsComparedExactly(String shown, String printed) {
    assertThat(Shape.of(List.of(shown)).matches(printed + "\n")).isFalse();
  }

  @Test
  void linesAreNeitherLeftOutNorAdded() {
    Shape two = Shape.of(List.of("a", "b"));
    assertThat(two.matches("a\nb\n")).isTrue();
    assertThat(two.matches("a\n")).isFalse();
    assertThat(two.matches("a\nb\nc\n")).isFalse();
    assertThat(Shape.of(List.of("a", "…")).matches("a\nb\nc\n")).isTrue();
    assertThat(Shape.of(List.of()).matches("a\n")).isFalse();
  }
}
