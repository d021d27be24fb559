package io.lightningdb.server.openapi;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.server.RunningService;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.json.JsonMapper;

/// What the build makes of the parts of the document is what the service hands out.
class DocumentFilesTest extends RunningService {
  @Autowired private JsonMapper mapper;

  @Test
  void filesOfTheBuildAreWhatTheServiceHandsOut(@TempDir Path folder) throws IOException {
    DocumentFiles.main(new String[] {folder.toString()});

    assertThat(Files.readAllBytes(folder.resolve("openapi.json")))
        .isEqualTo(served("/v3/api-docs").asByteArray())
        .isEqualTo(
            (mapper.writeValueAsString(OpenApiDocument.read()) + "\n")
                .getBytes(StandardCharsets.UTF_8));
    assertThat(Files.readAllBytes(folder.resolve("openapi.yaml")))
        .isEqualTo(served("/v3/api-docs.yaml").asByteArray())
        .isEqualTo(OpenApiDocument.yaml(OpenApiDocument.read()));
  }

  @Test
  void clientsThatHaveTheDocumentAreToldSo() {
    for (String path : new String[] {"/v3/api-docs", "/v3/api-docs.yaml"}) {
      String tag = served(path).header("ETag");
      Response again = given().port(port()).header("If-None-Match", tag).get(path);

      assertThat(tag).matches("\"[0-9a-f]{32}(-gzip)?\"");
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.asByteArray()).isEmpty();
    }
  }

  @Test
  void thereIsNoWayToAPageThatIsSwitchedOff() {
    assertThat(new OpenApiController(true).page().getStatusCode().value()).isEqualTo(302);
    assertThatThrownBy(new OpenApiController(false)::page)
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> assertThat(refusal.problem().type()).isEqualTo(ProblemType.PATH_NOT_FOUND));
  }

  private Response served(String path) {
    Response answer = given().port(port()).get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer;
  }
}
