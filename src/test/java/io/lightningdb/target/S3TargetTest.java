package io.lightningdb.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.BackupTarget.StoredObject;
import io.lightningdb.target.FaultyProxy.Fault;
import io.lightningdb.target.ObjectStoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/// A bucket whose store, or the way to it, fails.
class S3TargetTest {
  private static final S3Server SERVER = S3Server.shared();
  private static final int PART = S3Settings.Limits.PART_BYTES_MIN;
  private static final byte[] LARGE = bytes(1, 2 * PART + 100_000);
  private static final byte[] SMALL = bytes(2, 50_000);

  private final String bucket = SERVER.newBucket();
  private FaultyProxy proxy;
  private BackupTarget target;

  @BeforeEach
  void open() throws IOException {
    proxy = new FaultyProxy(SERVER.port());
    target = open(bucket, S3Server.settings(proxy.endpoint()));
  }

  @AfterEach
  void close() {
    proxy.close();
  }

  private static BackupTarget open(String bucket, S3Settings settings) throws IOException {
    return TargetAddress.parse("s3://" + bucket + "/p").open(settings);
  }

  private static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private void put(String name, byte[] bytes) throws IOException {
    target.put(name, out -> out.write(bytes));
  }

  private byte[] get(String name) throws IOException {
    try (InputStream in = target.get(name)) {
      return in.readAllBytes();
    }
  }

  private static Predicate<String> request(String method, String part) {
    return line -> line.startsWith(method + " ") && line.contains(part);
  }

  private static void assertFails(Reason reason, String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ObjectStoreException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(words)
        .message()
        .doesNotContain(S3Server.SECRET_ACCESS_KEY);
  }

  @ParameterizedTest
  @CsvSource({
    "503 Slow Down, SlowDown",
    "500 Internal Server Error, InternalError",
    "429 Too Many Requests, TooManyRequests"
  })
  void aStoreThatIsBusyIsAskedAgain(String status, String code) throws IOException {
    proxy.spoil(1, request("PUT", "/p/small"), Fault.Answer.error(status, code));
    put("small", SMALL);
    assertThat(get("small")).isEqualTo(SMALL);
    proxy.spoil(1, request("GET", "/p/small"), Fault.Answer.error(status, code));
    assertThat(get("small")).isEqualTo(SMALL);
    proxy.spoil(1, request("GET", "list-type=2"), Fault.Answer.error(status, code));
    assertThat(target.list("")).containsExactly(new StoredObject("small", SMALL.length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"partNumber=1", "partNumber=2", "partNumber=3", "?uploads", "?uploadId"})
  void aConnectionThatIsCutInTheMiddleOfAnObjectIsNoFailure(String what) throws IOException {
    proxy.spoil(1, line -> line.contains(what), new Fault.CutRequest(1000));
    proxy.spoil(1, line -> line.contains(what), Fault.Answer.error("503 Slow Down", "SlowDown"));
    put("large", LARGE);
    assertThat(get("large")).isEqualTo(LARGE);
    assertThat(unfinished()).isEmpty();
  }

  @Test
  void anAnswerThatIsLostIsNoFailure() throws IOException {
    // Of the last attempt too: the store is asked whether it has the object.
    proxy.spoil(3, request("PUT", "/p/small"), new Fault.LoseAnswer());
    put("small", SMALL);
    assertThat(get("small")).isEqualTo(SMALL);
    assertThat(proxy.seen()).filteredOn(request("PUT", "/p/small")).hasSize(3);
    assertThat(proxy.seen()).filteredOn(request("HEAD", "/p/small")).hasSize(1);

    // What was completed the first time is unknown the second time.
    proxy.spoil(1, request("POST", "uploadId="), new Fault.LoseAnswer());
    put("large", LARGE);
    assertThat(get("large")).isEqualTo(LARGE);
  }

  @Test
  void anOlderObjectIsNotTakenForTheNewOne() throws IOException {
    put("small", SMALL);
    byte[] other = bytes(9, SMALL.length);
    proxy.spoil(3, request("PUT", "/p/small"), new Fault.CutRequest(10));
    assertFails(
        Reason.UNREACHABLE, "cannot store small in s3://" + bucket, () -> put("small", other));
    assertThat(get("small")).isEqualTo(SMALL);
  }

  @Test
  void whatCannotBeStoredIsTakenBack() throws IOException {
    put("large", SMALL);
    proxy.spoil(
        3,
        request("PUT", "partNumber=2"),
        Fault.Answer.error("500 Internal Server Error", "InternalError"));
    assertFails(
        Reason.REFUSED,
        "500 InternalError (planted) after 3 attempt(s)",
        () -> put("large", LARGE));
    assertThat(get("large")).isEqualTo(SMALL);
    assertThat(unfinished()).isEmpty();
    assertThat(proxy.seen()).filteredOn(request("DELETE", "uploadId=")).hasSize(1);
  }

  @Test
  void aReadThatIsCutGoesOnWhereItWas() throws IOException {
    put("large", LARGE);
    proxy.spoil(1, request("GET", "/p/large"), new Fault.CutAnswer(1_000_000));
    proxy.spoil(1, request("GET", "/p/large"), new Fault.CutAnswer(0));
    proxy.spoil(1, request("GET", "/p/large"), new Fault.CutAnswer(3_000_000));
    proxy.spoil(1, request("GET", "/p/large"), new Fault.CutAnswer(0));
    assertThat(get("large")).isEqualTo(LARGE);
    assertThat(proxy.seen()).filteredOn(request("GET", "/p/large")).hasSize(5);
  }

  @Test
  void aReadThatNeverGoesOnFails() throws IOException {
    put("small", SMALL);
    proxy.spoil(100, request("GET", "/p/small"), new Fault.CutAnswer(0));
    assertFails(Reason.UNREACHABLE, "cannot read small in s3://" + bucket, () -> get("small"));
    assertThat(proxy.seen()).filteredOn(request("GET", "/p/small")).hasSizeLessThan(12);
  }

  @Test
  void twoObjectsOfOneNameAreNeverMixed() throws IOException {
    put("large", LARGE);
    proxy.spoil(1, request("GET", "/p/large"), new Fault.CutAnswer(1_000_000));
    try (InputStream in = target.get("large")) {
      assertThat(in.readNBytes(1000)).isEqualTo(java.util.Arrays.copyOf(LARGE, 1000));
      put("large", bytes(3, LARGE.length));
      assertFails(Reason.REFUSED, "412", in::readAllBytes);
    }
  }

  private List<MultipartUpload> unfinished() {
    try (S3Client client = client()) {
      return client.listMultipartUploads(request -> request.bucket(bucket)).uploads();
    }
  }

  private static S3Client client() {
    return S3Clients.builder(SERVER.settings(), Region.US_EAST_1).build();
  }

  @Test
  void whatAProcessThatDiedLeftBehindIsDeleted() throws IOException {
    try (S3Client client = client()) {
      for (String key : List.of("p/data-1-x", "p/data-1-y", "p/data-2-x", "q/data-1-x")) {
        String upload =
            client.createMultipartUpload(request -> request.bucket(bucket).key(key)).uploadId();
        client.uploadPart(
            request -> request.bucket(bucket).key(key).uploadId(upload).partNumber(1),
            RequestBody.fromBytes(SMALL));
      }
    }
    assertThat(target.list("")).isEmpty();
    target.deleteUnfinished("data-1-");
    assertThat(unfinished())
        .extracting(MultipartUpload::key)
        .containsExactlyInAnyOrder("p/data-2-x", "q/data-1-x");
  }

  @Test
  void aStoreThatCannotListUnfinishedObjectsMayLookAfterThemItself() throws IOException {
    proxy.spoil(
        1, request("GET", "uploads"), Fault.Answer.error("501 Not Implemented", "NotImplemented"));
    target.deleteUnfinished("data-");
    proxy.spoil(1, request("GET", "uploads"), Fault.Answer.error("403 Forbidden", "AccessDenied"));
    assertFails(Reason.NO_ACCESS, "403 AccessDenied", () -> target.deleteUnfinished("data-"));
  }

  @Test
  void whoMayNotIsTold() throws IOException {
    S3Settings right = SERVER.settings();
    for (String[] keys :
        new String[][] {
          {S3Server.ACCESS_KEY_ID, "planted-wrong-secret"}, {"nobody", S3Server.SECRET_ACCESS_KEY}
        }) {
      S3Settings wrong =
          new S3Settings(
              right.endpoint(), "us-east-1", right.pathStyle(), keys[0], keys[1], right.limits());
      BackupTarget closed = open(bucket, wrong);
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> closed.list(""),
              () -> closed.get("x"),
              () -> closed.put("x", out -> out.write(1)),
              () -> closed.put("x", out -> out.write(LARGE)),
              () -> closed.delete("x"))) {
        assertFails(Reason.NO_ACCESS, "s3://" + bucket + "/p at " + right.endpoint(), call);
        assertThatThrownBy(call).message().doesNotContain("planted").contains("credentials");
      }
    }
  }

  @Test
  void aBucketThatIsMissingIsNamed() throws IOException {
    BackupTarget nowhere = open("no-such-bucket", SERVER.settings());
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> nowhere.list(""),
            () -> nowhere.get("x"),
            () -> nowhere.put("x", out -> out.write(1)),
            () -> nowhere.put("x", out -> out.write(LARGE)))) {
      assertFails(Reason.NO_BUCKET, "s3://no-such-bucket/p", call);
    }
  }

  @Test
  void aBucketInAnotherRegionIsNamedWithIt() {
    proxy.spoil(
        1,
        request("GET", "list-type=2"),
        new Fault.Answer(
            "301 Moved Permanently",
            "x-amz-bucket-region: eu-central-1\r\n",
            "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>"));
    assertFails(
        Reason.WRONG_REGION,
        "set lightning.backup.s3.region to that of the bucket, which is eu-central-1",
        () -> target.list(""));
    proxy.spoil(
        1,
        request("GET", "list-type=2"),
        Fault.Answer.error("400 Bad Request", "AuthorizationHeaderMalformed"));
    assertFails(Reason.WRONG_REGION, "region us-east-1", () -> target.list(""));
  }

  @Test
  void aStoreThatIsNotThereIsNamed() throws IOException {
    BackupTarget nobody = open(bucket, S3Server.settings("http://127.0.0.1:1"));
    assertFails(
        Reason.UNREACHABLE, "at http://127.0.0.1:1: ConnectException", () -> nobody.list(""));
    BackupTarget unknown = open(bucket, S3Server.settings("http://store.invalid:9000"));
    assertFails(Reason.UNREACHABLE, "UnknownHostException: store.invalid", () -> unknown.list(""));
  }

  @ParameterizedTest
  @CsvSource({"1s, 4s, 1", "20s, 1s, 5"})
  void aStoreThatNeverAnswersIsNotWaitedForForLong(String silence, String all, int attempts)
      throws IOException {
    S3Settings.Limits limits =
        new S3Settings.Limits(
            Duration.parse("PT" + silence), Duration.parse("PT" + all), attempts, PART);
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      S3Settings right = S3Server.settings("http://127.0.0.1:" + mute.getLocalPort());
      BackupTarget silent =
          open(
              bucket,
              new S3Settings(right.endpoint(), "us-east-1", right.pathStyle(), "a", "b", limits));
      long start = System.nanoTime();
      assertFails(Reason.UNREACHABLE, "cannot list *", () -> silent.list(""));
      // Larger than all buffers between the two, so that the client waits in the middle of a
      // request.
      assertFails(
          Reason.UNREACHABLE,
          "cannot store",
          () -> silent.put("x", out -> out.write(LARGE, 0, PART)));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(45));
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  void withoutCredentialsOrRegionItIsSaidWhatToSet() throws IOException {
    // Nothing outside this machine is asked who it is.
    System.setProperty("aws.disableEc2Metadata", "true");
    try {
      S3Settings nothing = S3Settings.of(Map.of("LIGHTNING_BACKUP_S3_ENDPOINT", proxy.endpoint()));
      BackupTarget closed = open(bucket, nothing);
      assertFails(Reason.NO_CREDENTIALS, "set AWS_ACCESS_KEY_ID", () -> closed.list(""));
      assertFails(
          Reason.WRONG_REGION,
          "set lightning.backup.s3.region, or AWS_REGION",
          () -> open(bucket, S3Settings.of(Map.of())));
    } finally {
      System.clearProperty("aws.disableEc2Metadata");
    }
  }

  @Test
  void settingsComeFromTheEnvironment() {
    S3Settings read =
        S3Settings.of(
            Map.of(
                "LIGHTNING_BACKUP_S3_ENDPOINT", "https://store.example:9000",
                "LIGHTNING_BACKUP_S3_REGION", "eu-central-1",
                "LIGHTNING_BACKUP_S3_PATHSTYLE", "true",
                "LIGHTNING_BACKUP_S3_ACCESSKEYID", "planted-id",
                "LIGHTNING_BACKUP_S3_SECRETACCESSKEY", "planted-key"));
    assertThat(read)
        .isEqualTo(
            new S3Settings(
                "https://store.example:9000",
                "eu-central-1",
                S3Settings.PathStyle.ON,
                "planted-id",
                "planted-key",
                S3Settings.Limits.defaults()));
    assertThat(read.toString()).contains("store.example").doesNotContain("planted");
    assertThatThrownBy(() -> S3Settings.of(Map.of("LIGHTNING_BACKUP_S3_ACCESSKEYID", "planted")))
        .hasMessageContaining("or neither")
        .message()
        .doesNotContain("planted");
  }

  @Test
  void whatIsSentIsSignedAlsoWhereTheConnectionIsEncrypted() {
    AtomicReference<SdkHttpRequest> sent = new AtomicReference<>();
    ExecutionInterceptor witness =
        new ExecutionInterceptor() {
          @Override
          public void beforeTransmission(
              Context.BeforeTransmission context, ExecutionAttributes attributes) {
            sent.set(context.httpRequest());
          }
        };
    S3ClientBuilder builder =
        S3Clients.builder(S3Server.settings("https://127.0.0.1:1"), Region.US_EAST_1);
    builder.overrideConfiguration(
        builder.overrideConfiguration().toBuilder().addExecutionInterceptor(witness).build());
    try (S3Client client = builder.build()) {
      assertThatThrownBy(() ->
              client.putObject(
                  request -> request.bucket(bucket).key("x"), RequestBody.fromString("abc")))
          .isInstanceOf(SdkException.class);
    }
    // SHA-256 of "abc".
    assertThat(sent.get().firstMatchingHeader("x-amz-content-sha256"))
        .contains("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(sent.get().headers())
        .doesNotContainKeys("x-amz-trailer", "Content-Encoding", "Expect");
  }

  @Test
  void addressesAreReadAsTheyAreWritten() {
    assertThat(TargetAddress.parse("/mnt/x")).isInstanceOf(TargetAddress.Directory.class);
    assertThat(TargetAddress.parse("s3/x")).isInstanceOf(TargetAddress.Directory.class);
    assertThat(TargetAddress.parse("s3://abc")).isEqualTo(new TargetAddress.Bucket("abc", ""));
    assertThat(TargetAddress.parse("s3://abc/d/e/"))
        .isEqualTo(new TargetAddress.Bucket("abc", "d/e"))
        .hasToString("s3://abc/d/e");
    assertThat(TargetAddress.parse("s3://abc/")).hasToString("s3://abc");
    for (String wrong :
        List.of(
            "s3://",
            "s3:///x",
            "s3://ab",
            "s3://Abc/x",
            "s3://abc/x//y",
            "s3://abc/../x",
            "s3://abc/x\ny",
            "S3://abc",
            "gs://abc",
            "https://abc/x",
            "s3://abc/" + "x".repeat(801))) {
      assertThatThrownBy(() -> TargetAddress.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatLiesDeeperBelongsToOthers() throws IOException {
    try (S3Client client = client()) {
      client.putObject(
          request -> request.bucket(bucket).key("p/data-1/x"), RequestBody.fromString("abc"));
    }
    put("data-2", SMALL);
    assertThat(target.list("data-")).containsExactly(new StoredObject("data-2", SMALL.length));
    assertThatThrownBy(() -> target.get("data-1")).isInstanceOf(NoSuchFileException.class);
  }
}
