package io.lightningdb.token;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All tokens of a database, in the order in which they were made. Immutable.
public final class Tokens {
  /// Most tokens of a database.
  public static final int COUNT_MAX = 1000;

  /// No tokens.
  public static final Tokens NONE = new Tokens(Map.of());

  private final Map<String, Token> byId;

  private Tokens(Map<String, Token> byId) {
    this.byId = Collections.unmodifiableMap(new LinkedHashMap<>(byId));
  }

  /// The tokens.
  ///
  /// @return in the order in which they were made
  public Collection<Token> all() {
    return byId.values();
  }

  /// Finds a token.
  ///
  /// @param id names it
  /// @return the token, or null if there is none
  public @Nullable Token find(String id) {
    return byId.get(id);
  }

  /// Tells whether there are as many tokens as allowed.
  ///
  /// @return true if none can be added
  public boolean isFull() {
    return byId.size() >= COUNT_MAX;
  }

  /// These tokens and one more, or a changed one.
  ///
  /// @param token replaces one of the same id
  /// @return a changed copy
  /// @throws IllegalStateException if that were too many
  public Tokens with(Token token) {
    Map<String, Token> more = new LinkedHashMap<>(byId);
    more.put(token.id(), token);
    if (more.size() > COUNT_MAX) {
      throw new IllegalStateException("there are already " + COUNT_MAX + " tokens");
    }
    return new Tokens(more);
  }

  /// These tokens except one.
  ///
  /// @param id names it
  /// @return a changed copy
  public Tokens without(String id) {
    Map<String, Token> fewer = new LinkedHashMap<>(byId);
    fewer.remove(id);
    return new Tokens(fewer);
  }
}
