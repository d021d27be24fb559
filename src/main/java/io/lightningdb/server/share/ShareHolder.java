package io.lightningdb.server.share;

import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/// A caller, as far as it takes part of what there is for all. Immutable.
///
/// @param id tells callers apart: that of a token, or the address where there are none
/// @param rank whether there is a reserve for it
public record ShareHolder(String id, Rank rank) {
  /// What is done in the name of no caller.
  public static final ShareHolder SERVICE = new ShareHolder("", Rank.ADMIN);

  private static final String ATTRIBUTE = ShareHolder.class.getName();

  /// Whether there is a reserve for a caller.
  public enum Rank {
    /// There is none.
    ORDINARY,
    /// It is told apart by its address, since no caller is asked for credentials: so there is none to keep a reserve
    /// for.
    LOCAL,
    /// There is one, so that the service can be looked after whatever others do.
    ADMIN
  }

  /// The caller of the request that this thread works on.
  ///
  /// @return as the request was marked; [#SERVICE] if this thread works on none
  public static ShareHolder current() {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    return request != null
            && request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST)
                instanceof ShareHolder holder
        ? holder
        : SERVICE;
  }

  /// Marks the request that this thread works on.
  public void mark() {
    RequestContextHolder.currentRequestAttributes()
        .setAttribute(ATTRIBUTE, this, RequestAttributes.SCOPE_REQUEST);
  }
}
