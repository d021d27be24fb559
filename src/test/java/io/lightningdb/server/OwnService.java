package io.lightningdb.server;

import static io.restassured.RestAssured.given;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.io.ThreadWorkers;
import io.lightningdb.engine.io.Workers;
import io.lightningdb.engine.testkit.PassingStorage;
import io.lightningdb.server.keyspace.KeyspacesChanged;
import io.lightningdb.server.settings.LightningProperties;
import io.micrometer.core.instrument.MeterRegistry;
import io.restassured.specification.RequestSpecification;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// A service of one test's own, whose disk and background work can be made to fail.
public final class OwnService implements AutoCloseable {
  public static final String DEFECT_HEADER = "X-Defect";
  public static final String DEFECT = "of a test";

  private final ConfigurableApplicationContext context;
  private final Path directory;

  private OwnService(ConfigurableApplicationContext context, Path directory) {
    this.context = context;
    this.directory = directory;
  }

  public static OwnService start(Path directory, String... settings) {
    String[] arguments =
        Stream.concat(
                Stream.of(
                    "--server.port=0",
                    "--spring.main.allow-bean-definition-overriding=true",
                    "--lightning.log.segment-bytes=4MB",
                    "--lightning.data-directory=" + directory),
                Stream.of(settings))
            .toArray(String[]::new);
    SpringApplicationBuilder builder =
        new SpringApplicationBuilder(LightningDbApplication.class, TroubledDatabase.class);
    return new OwnService(builder.run(arguments), directory);
  }

  public Path directory() {
    return directory;
  }

  public int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  public Database database() {
    return context.getBean(Database.class);
  }

  public Trouble trouble() {
    return context.getBean(Trouble.class);
  }

  public RequestSpecification api() {
    return given()
        .config(RunningService.CONFIG)
        .baseUri("http://127.0.0.1")
        .port(port())
        .urlEncodingEnabled(false)
        .filter(new ContractFilter());
  }

  /// What a gauge or counter says, without a request that would count itself.
  ///
  /// @param name of the meter
  /// @param labels names and values in turn
  public double meter(String name, String... labels) {
    return context
        .getBean(MeterRegistry.class)
        .get(name)
        .tags(labels)
        .meter()
        .measure()
        .iterator()
        .next()
        .getValue();
  }

  /// A part of the service.
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /// Requests to a management port of its own, which is part of no document.
  RequestSpecification management() {
    return given().baseUri("http://127.0.0.1").port(managementPort());
  }

  int managementPort() {
    return context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
  }

  @Override
  public void close() {
    context.close();
  }

  /// Switches for what goes wrong.
  public static final class Trouble {
    private final Queue<Workers.Worker> workers = new ConcurrentLinkedQueue<>();
    private volatile @Nullable String syncFailure;
    private volatile boolean workersRest;
    private volatile boolean filesRefused;
    private volatile long usableBytes = -1;
    private volatile @Nullable Runnable meddling;
    private final AtomicLong clockAheadMillis = new AtomicLong();

    /// Sets the wall clock of the database forward, or back.
    public void jump(Duration by) {
      clockAheadMillis.addAndGet(by.toMillis());
    }

    /// What time it is for the database.
    long millis() {
      return clock().millis();
    }

    /// Has something done in the middle of each request: whenever its thread asks the database what time it is, such as right before a
    /// commit, when a keyspace was made, and when an answer names its file. Not during what is done itself.
    public void meddle(Runnable what) {
      meddling = what;
    }

    public void leaveAlone() {
      meddling = null;
    }

    private void meddle() {
      Runnable what = meddling;
      if (what != null && Thread.currentThread().getName().startsWith("tomcat-handler")) {
        meddling = null;
        try {
          what.run();
        } finally {
          meddling = what;
        }
      }
    }

    private Clock clock() {
      return new Clock() {
        @Override
        public long millis() {
          meddle();
          return Clock.SYSTEM.millis() + clockAheadMillis.get();
        }

        @Override
        public long nanoTime() {
          return Clock.SYSTEM.nanoTime();
        }
      };
    }

    public void failSyncs() {
      failSyncs("No space left on device");
    }

    /// Fails them as the system would say it.
    public void failSyncs(String failure) {
      syncFailure = failure;
    }

    public void mendSyncs() {
      syncFailure = null;
    }

    /// Has the system refuse to make files, for want of descriptors.
    public void refuseFiles(boolean isRefused) {
      filesRefused = isRefused;
    }

    /// Makes the disk look as full as this, and -1 as full as it is.
    public void usableBytes(long bytes) {
      usableBytes = bytes;
    }

    public void restWorkers() {
      workersRest = true;
    }

    public void wakeWorkers() {
      workersRest = false;
      workers.forEach(Workers.Worker::wake);
    }

    private Workers.Worker start(Workers real, String name, Runnable task, long periodNanos) {
      Runnable unlessResting =
          () -> {
            if (!workersRest) {
              task.run();
            }
          };
      Workers.Worker worker = real.start(name, unlessResting, periodNanos);
      workers.add(worker);
      return worker;
    }
  }

  /// Takes the place of the service's own database. Without annotations, so that no other context finds it.
  static final class TroubledDatabase {
    @Bean
    Trouble trouble() {
      return new Trouble();
    }

    @Bean
    WebMvcConfigurer defects() {
      return new WebMvcConfigurer() {
        @Override
        public void addInterceptors(InterceptorRegistry registry) {
          registry.addInterceptor(new Defect()).order(Integer.MIN_VALUE);
        }
      };
    }

    @Bean
    KeyspaceMeddler keyspaceMeddler(Trouble trouble) {
      return new KeyspaceMeddler(trouble);
    }

    @Bean
    Filter answerMeddler(Trouble trouble) {
      return (request, response, chain) ->
          chain.doFilter(request, new MeddledAnswer((HttpServletResponse) response, trouble));
    }

    @Bean(destroyMethod = "close")
    Database database(LightningProperties settings, Trouble trouble) throws IOException {
      Storage storage = new TroubledStorage(DiskStorage.inDirectory(settings.directory()), trouble);
      Workers real = new ThreadWorkers();
      Workers workers = (name, task, period) -> trouble.start(real, name, task, period);
      Environment environment = new Environment(storage, trouble.clock(), workers, 42);
      return Database.open(environment, DatabaseConfiguration.options(settings));
    }
  }

  /// Meddles when a keyspace was made.
  static class KeyspaceMeddler {
    private final Trouble trouble;

    KeyspaceMeddler(Trouble trouble) {
      this.trouble = trouble;
    }

    @EventListener
    void changed(KeyspacesChanged event) {
      trouble.meddle();
    }
  }

  private static final class MeddledAnswer extends HttpServletResponseWrapper {
    private final Trouble trouble;

    MeddledAnswer(HttpServletResponse real, Trouble trouble) {
      super(real);
      this.trouble = trouble;
    }

    @Override
    public void setHeader(String name, String value) {
      super.setHeader(name, value);
      if (name.equals(HttpHeaders.CONTENT_DISPOSITION)) {
        trouble.meddle();
      }
    }
  }

  /// Fails requests that ask for it.
  private static final class Defect implements HandlerInterceptor {
    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler) {
      if (DEFECT.equals(request.getHeader(DEFECT_HEADER))) {
        throw new IllegalStateException("a defect that a test has asked for");
      }
      return true;
    }
  }

  private static final class TroubledStorage extends PassingStorage {
    private final Trouble trouble;

    TroubledStorage(Storage real, Trouble trouble) {
      super(real);
      this.trouble = trouble;
    }

    @Override
    public StorageFile create(String name) throws IOException {
      if (trouble.filesRefused) {
        IOException cause = new IOException(name + ": Too many open files");
        throw new ResourceExhaustedException(
            ResourceExhaustedException.Resource.DESCRIPTORS, cause);
      }
      return new TroubledFile(super.create(name), trouble);
    }

    @Override
    public StorageFile open(String name) throws IOException {
      return new TroubledFile(super.open(name), trouble);
    }

    @Override
    public long usableBytes() throws IOException {
      long told = trouble.usableBytes;
      return told < 0 ? super.usableBytes() : told;
    }
  }

  private record TroubledFile(StorageFile real, Trouble trouble) implements StorageFile {
    @Override
    public void write(long position, byte[] bytes, int offset, int length) throws IOException {
      real.write(position, bytes, offset, length);
    }

    @Override
    public void store(long position, byte[] bytes, int offset, int length) throws IOException {
      real.store(position, bytes, offset, length);
    }

    @Override
    public void sync() throws IOException {
      String failure = trouble.syncFailure;
      if (failure != null) {
        throw new IOException(failure);
      }
      real.sync();
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }
}
