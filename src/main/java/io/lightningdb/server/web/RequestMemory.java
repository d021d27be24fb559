package io.lightningdb.server.web;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.cache.MemoryLease;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/// Gives each request a [MemoryLease], out of which its body, what is made of it, the values that it reads and the
/// answer that is built are paid for, and gives back what it holds when it ends.
@Component
public class RequestMemory implements RequestFilter {
  private final ObjectProvider<Database> database;
  private volatile @Nullable Database opened;

  /// Called by Spring.
  ///
  /// @param database has the memory; it is opened after this is made
  RequestMemory(ObjectProvider<Database> database) {
    this.database = database;
  }

  @Override
  public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try (MemoryLease lease = database().memoryLease()) {
      lease.call(() -> {
        chain.doFilter(request, response);
        return true;
      });
    } catch (IOException | ServletException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new ServletException(e);
    }
  }

  private Database database() {
    Database known = opened;
    if (known == null) {
      known = database.getObject();
      opened = known;
    }
    return known;
  }
}
