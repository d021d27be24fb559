package io.lightningdb.server.compression;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What clients say by Accept-Encoding.
class AcceptedCodingsTest {

  private static AcceptedCodings of(String... lines) {
    return AcceptedCodings.of(Collections.enumeration(List.of(lines)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip                          | true  | true",
        "GZIP                          | true  | true",
        "x-gzip                        | true  | true",
        "gzip, deflate, br, zstd       | true  | true",
        "gzip;q=0.001                  | true  | true",
        "gzip ; q=0.5, identity;q=0.5  | true  | true",
        "gzip\t;\tq=1.000              | true  | true",
        "*                             | true  | true",
        "*;q=0.1                       | true  | true",
        "deflate, *                    | true  | true",
        "gzip, identity;q=0            | true  | false",
        "gzip, *;q=0                   | true  | false",
        "*, identity;q=0               | true  | false",
        "gzip, *;q=0, identity;q=0.1   | true  | true",
        ", gzip,,                      | true  | true",
        "gzip;q=0                      | false | true",
        "gzip;q=0.000, *               | false | true",
        "gzip;q=0.5, identity          | false | true",
        "*;q=0.5, identity;q=0.6       | false | true",
        "identity                      | false | true",
        "identity;q=0                  | false | true",
        "*;q=0                         | false | true",
        "deflate, br                   | false | true",
        "''                            | false | true",
        "' , '                         | false | true",
        "gzip;q=2                      | false | true",
        "gzip;q=-1                     | false | true",
        "gzip;q=0.1234                 | false | true",
        "gzip;q=a                      | false | true",
        "gzip;q                        | false | true",
        "gzip;level=9                  | false | true",
        "gzip deflate                  | false | true",
        "gzip; deflate                 | false | true",
        "gz\u00efp                     | false | true",
        "xgzip                         | false | true",
      })
  void headerIsReadAsHttpHasIt(String header, boolean gzip, boolean plain) {
    assertThat(of(header)).isEqualTo(new AcceptedCodings(gzip, plain));
  }

  @Test
  void linesAreOneList() {
    assertThat(of()).isEqualTo(AcceptedCodings.PLAIN);
    assertThat(of("br", "gzip")).isEqualTo(new AcceptedCodings(true, true));
    assertThat(of("gzip", "identity;q=0")).isEqualTo(new AcceptedCodings(true, false));
    assertThat(of("gzip", "nonsense;;")).isEqualTo(AcceptedCodings.PLAIN);
  }
}
