package io.lightningdb.server.failure;

import io.lightningdb.LightningDbApplication;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The program of the service, in which memory of one kind is exhausted on one kind of thread.
///
/// Arguments: a [Memory] and a [Place]. It prints `alive` if it has survived that.
public final class ExhaustedProcess {
  private ExhaustedProcess() {}

  /// What is exhausted.
  enum Memory {
    HEAP {
      @Override
      Object exhaust() {
        return new byte[Integer.MAX_VALUE - 16];
      }
    },
    DIRECT {
      @Override
      Object exhaust() {
        return ByteBuffer.allocateDirect(Integer.MAX_VALUE);
      }
    },
    THREADS {
      @Override
      Object exhaust() {
        // No address space has room for such a stack.
        return Thread.ofPlatform().stackSize(1L << 50).start(() -> {});
      }
    };

    abstract Object exhaust();
  }

  /// Where it is met.
  enum Place {
    PLATFORM_THREAD,
    VIRTUAL_THREAD
  }

  /// Runs it.
  ///
  /// @param arguments memory, place
  /// @throws InterruptedException never
  public static void main(String[] arguments) throws InterruptedException {
    LightningDbApplication.main(new String[] {"--version"});
    Memory memory = Memory.valueOf(arguments[0]);
    Thread.Builder builder =
        switch (Place.valueOf(arguments[1])) {
          case PLATFORM_THREAD -> Thread.ofPlatform().daemon();
          case VIRTUAL_THREAD -> Thread.ofVirtual();
        };
    builder.start(() -> System.out.println(memory.exhaust())).join();
    System.out.println("alive");
  }

  /// A filter that exhausts the heap for requests with the parameter `exhaust`, within whatever the web server catches. Without annotations, so that
  /// no context of another test finds it.
  static final class ExhaustingFilter implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      if (request.getParameter("exhaust") != null) {
        System.out.println(Memory.HEAP.exhaust());
      }
      chain.doFilter(request, response);
    }
  }
}
