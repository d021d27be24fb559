package io.lightningdb.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;

/**
 * A client of a Lightning DB service. Thread-safe; a program has one, and closes it at its end.
 *
 * <pre>{@code
 * try (LightningClient client = LightningClient.connect("http://127.0.0.1:8080")) {
 *   Keyspace users = client.keyspace("default");
 *   users.put("ada", Map.of("city", "Paris"));
 *   System.out.println(users.get("ada").orElseThrow().value().text());
 * }
 * }</pre>
 */
public final class LightningClient implements AutoCloseable {
  private static final int NAMES_PAGE = 1000;

  private final Transport transport;
  private final ExecutorService threads;

  private LightningClient(Transport transport, ExecutorService threads) {
    this.transport = transport;
    this.threads = threads;
  }

  /**
   * A client with the defaults of {@link Builder}. Nothing is sent yet.
   *
   * @param url of the service, such as {@code http://127.0.0.1:8080}
   * @return the client
   */
  public static LightningClient connect(String url) {
    return builder(url).build();
  }

  /**
   * Begins to make a client.
   *
   * @param url of the service, with http or https, without a query
   * @return what makes it
   */
  public static Builder builder(String url) {
    return new Builder(url);
  }

  /** What a client is made of. Used by one thread. */
  public static final class Builder {
    private final String base;
    private Supplier<String> token = () -> null;
    private SSLContext tls;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration timeout = Duration.ofSeconds(30);
    private RetryPolicy retries = RetryPolicy.DEFAULT;
    private boolean readYourWrites = true;
    private Attempts.Pause pause = time -> TimeUnit.NANOSECONDS.sleep(time.toNanos());

    private Builder(String url) {
      URI uri = URI.create(url);
      boolean http = "http".equalsIgnoreCase(uri.getScheme());
      if (!http && !"https".equalsIgnoreCase(uri.getScheme())
          || uri.getHost() == null
          || uri.getRawQuery() != null
          || uri.getRawFragment() != null
          || uri.getRawUserInfo() != null) {
        throw new IllegalArgumentException(
            "the URL is not like https://host:port, without a user, a query and a fragment");
      }
      String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
      this.base = uri.getScheme() + "://" + uri.getRawAuthority() + path;
    }

    /**
     * The token that each call carries. Without it there is none.
     *
     * @param token an API token, or a JWT
     * @return this
     */
    public Builder token(String token) {
      Transport.requireToken(token);
      return token(() -> token);
    }

    /**
     * Where the token comes from, for tokens that change.
     *
     * @param token asked before each call, by the thread that makes it
     * @return this
     */
    public Builder token(Supplier<String> token) {
      this.token = Objects.requireNonNull(token);
      return this;
    }

    /**
     * Whom to trust, and the client's own certificate. Without it those of the JDK count.
     *
     * @param tls for https
     * @return this
     */
    public Builder tls(SSLContext tls) {
      this.tls = Objects.requireNonNull(tls);
      return this;
    }

    /**
     * How long a connection may take.
     *
     * @param timeout above zero; 5 s if not set
     * @return this
     */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = requirePositive(timeout);
      return this;
    }

    /**
     * How long each attempt of a call may take; the service is told, and gives up then. Of a stream, how long it may be silent.
     *
     * @param timeout above zero; 30 s if not set
     * @return this
     */
    public Builder timeout(Duration timeout) {
      this.timeout = requirePositive(timeout);
      return this;
    }

    /**
     * When calls are sent again.
     *
     * @param retries {@link RetryPolicy#DEFAULT} if not set
     * @return this
     */
    public Builder retries(RetryPolicy retries) {
      this.retries = Objects.requireNonNull(retries);
      return this;
    }

    /**
     * Whether calls wait until they see the newest version that this client was answered ({@code Lightning-Version-At-Least}), so that they
     * see its own writes, and never go back in time.
     *
     * @param wanted true if not set
     * @return this
     */
    public Builder readYourWrites(boolean wanted) {
      this.readYourWrites = wanted;
      return this;
    }

    /** How threads wait between attempts. */
    Builder pause(Attempts.Pause pause) {
      this.pause = pause;
      return this;
    }

    private static Duration requirePositive(Duration timeout) {
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("the timeout is " + timeout + ", not above zero");
      }
      return timeout;
    }

    /**
     * Makes the client. Nothing is sent yet.
     *
     * @return the client
     */
    public LightningClient build() {
      ExecutorService threads =
          Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "lightningdb-client");
            thread.setDaemon(true);
            return thread;
          });
      HttpClient.Builder http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(connectTimeout)
              .executor(threads);
      if (tls != null) {
        http.sslContext(tls);
      }
      Transport transport =
          new Transport(http.build(), base, token, timeout, retries, pause, readYourWrites);
      return new LightningClient(transport, threads);
    }
  }

  /**
   * The entries of a keyspace. Nothing is asked of the service; {@code default} always exists.
   *
   * @param name of the keyspace
   * @return its entries
   */
  public Keyspace keyspace(String name) {
    return new Keyspace(this, transport, name);
  }

  /**
   * Creates a keyspace, if there is none of that name.
   *
   * @param name of the keyspace
   * @return its entries
   */
  public Keyspace createKeyspace(String name) {
    return createKeyspace(name, Map.of());
  }

  /**
   * Creates a keyspace, or changes the options of one that exists.
   *
   * @param name of the keyspace
   * @param options as the contract names them, such as {@code preset}, {@code durability} or {@code defaultTtl}
   * @return its entries
   */
  public Keyspace createKeyspace(String name, Map<String, ?> options) {
    Call call =
        Call.repeatable("PUT", EntryCalls.keyspacePath(name))
            .json(Json.MAPPER.writeValueAsBytes(options));
    transport.send(call);
    return keyspace(name);
  }

  /**
   * Drops a keyspace with all its entries.
   *
   * @param name of the keyspace
   * @return whether there was one
   */
  public boolean dropKeyspace(String name) {
    Call call = Call.repeatable("DELETE", EntryCalls.keyspacePath(name)).parameter("confirm", name);
    return transport.send(
        call,
        answer -> true,
        refusal -> refusal.is("keyspace-not-found") ? refusal.isRepeated() : null);
  }

  /**
   * The names of all keyspaces, in their order.
   *
   * @return the names
   */
  public List<String> keyspaces() {
    List<String> names = new ArrayList<>();
    String cursor = null;
    do {
      Call call =
          Call.repeatable("GET", "/v1/keyspaces")
              .parameter("limit", Integer.toString(NAMES_PAGE))
              .parameter("cursor", cursor);
      JsonNode page = Json.MAPPER.readTree(transport.send(call).body());
      page.get("keyspaces").forEach(keyspace -> names.add(keyspace.get("name").asString()));
      cursor = page.path("cursor").asString(null);
    } while (cursor != null);
    return names;
  }

  /**
   * Compares entries and acts on the outcome, in one commit. However often it is sent, it is done once.
   *
   * @param execution what is compared and done
   * @return a result for each operation of the case that applied
   */
  public BatchResult execute(Execution execution) {
    Call call =
        Call.once("POST", "/v1/transactions:execute")
            .parameter("keyEncoding", execution.isText() ? null : "base64url")
            .header("Lightning-Durability", execution.durabilityWord())
            .json(execution.written());
    if (execution.isKeyed()) {
      call.withIdempotencyKey();
    }
    return BatchResult.of(transport.send(call).body());
  }

  /**
   * Begins a transaction, for programs that commit and repeat it themselves.
   *
   * @param options how it behaves
   * @return the transaction, which is to be closed
   */
  public Transaction begin(TransactionOptions options) {
    return Transaction.begin(transport, options);
  }

  /**
   * Does something in a transaction and commits it. Where others were in the way it is done again from its beginning, after a pause that is
   * drawn at random.
   *
   * <pre>{@code
   * long total = client.transact(transaction -> {
   *   TransactionKeyspace accounts = transaction.keyspace("accounts");
   *   ...
   * });
   * }</pre>
   *
   * @param <T> what comes of it
   * @param work what is done; it may be done several times, so it must have no effect but by its transaction
   * @return what the work answered the time that was committed
   * @throws ConflictException if others were in the way too often
   */
  public <T> T transact(Function<Transaction, T> work) {
    return transact(TransactionOptions.defaults(), work);
  }

  /**
   * Does something in a transaction and commits it, as {@link #transact(Function)} does.
   *
   * @param <T> what comes of it
   * @param options how the transaction behaves
   * @param work what is done; it may be done several times, so it must have no effect but by its transaction
   * @return what the work answered the time that was committed
   * @throws ConflictException if others were in the way too often
   */
  public <T> T transact(TransactionOptions options, Function<Transaction, T> work) {
    Attempts attempts = transport.attempts(options.attemptsMax());
    while (true) {
      try (Transaction transaction = begin(options)) {
        T result = work.apply(transaction);
        transaction.commit();
        return result;
      } catch (ConflictException e) {
        attempts.next(e, Duration.ZERO);
      }
    }
  }

  /**
   * The newest version that this client was answered. Given to another client by {@link #atLeast}, that one sees what this one has.
   *
   * @return the version; 0 before the first answer
   */
  public long version() {
    return transport.version();
  }

  /**
   * Lets calls wait until they see a version, if {@link Builder#readYourWrites} is on.
   *
   * @param version that another client was answered by the same service
   */
  public void atLeast(long version) {
    transport.sawVersion(version);
  }

  /** Forgets which versions were answered, for a service that was set back to a backup. */
  public void forgetVersion() {
    transport.forgetVersion();
  }

  /** Takes no more calls. Those that run are not waited for. */
  @Override
  public void close() {
    transport.close();
    threads.shutdown();
  }
}
