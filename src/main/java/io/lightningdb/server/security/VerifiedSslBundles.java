package io.lightningdb.server.security;

import io.lightningdb.engine.io.FailureText;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;

/// The keys and certificates for TLS. A bundle whose key and certificate do not fit stops the start; one that is read
/// again and does not fit, or cannot be used, leaves the old one in force. *Thread-safe.*
final class VerifiedSslBundles extends DefaultSslBundleRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(VerifiedSslBundles.class);
  private static final byte[] SIGNED = {1, 2, 3, 4};

  private final Map<String, Instant> expiries = new ConcurrentHashMap<>();
  private final Map<String, Refused> refused = new ConcurrentHashMap<>();

  /// A bundle that was read again and not taken.
  ///
  /// @param since when it was first refused
  /// @param reason what is wrong with it
  record Refused(Instant since, String reason) {}

  @Override
  public void registerBundle(String name, SslBundle bundle) {
    try {
      takeExpiry(name, verify(bundle));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "The TLS bundle %s cannot be used: %s".formatted(name, FailureText.of(e)), e);
    }
    super.registerBundle(name, bundle);
  }

  @Override
  public void updateBundle(String name, SslBundle bundle) {
    SslBundle old = getBundle(name);
    try {
      Optional<Instant> expiry = verify(bundle);
      super.updateBundle(name, bundle);
      takeExpiry(name, expiry);
      refused.remove(name);
      LOG.info("The TLS bundle {} was read again; its certificate expires at {}", name, expiry);
    } catch (GeneralSecurityException | RuntimeException e) {
      refuse(name, old, e);
    }
  }

  private void refuse(String name, SslBundle old, Exception cause) {
    String reason = FailureText.of(cause);
    refused.compute(
        name, (_, before) -> new Refused(before == null ? Instant.now() : before.since(), reason));
    LOG.error(
        "The TLS bundle {} was read again and is not taken, so the old one stays in force: {}",
        name,
        reason,
        cause);
    if (!getBundle(name).equals(old)) {
      super.updateBundle(name, old);
    }
  }

  private void takeExpiry(String name, Optional<Instant> expiry) {
    expiry.ifPresentOrElse(moment -> expiries.put(name, moment), () -> expiries.remove(name));
  }

  /// When the first certificate that is served expires.
  ///
  /// @return nothing without a certificate
  Optional<Instant> expiry() {
    return expiries.values().stream().min(Instant::compareTo);
  }

  /// The bundles that were read again and not taken, by their names.
  ///
  /// @return empty if all that was read last is in force
  Map<String, Refused> refused() {
    return Map.copyOf(refused);
  }

  /// Makes sure that each private key belongs to the certificate beside it.
  ///
  /// @return when the first of the certificates expires
  private static Optional<Instant> verify(SslBundle bundle) throws GeneralSecurityException {
    KeyStore store = bundle.getStores().getKeyStore();
    if (store == null) {
      return Optional.empty();
    }
    List<Instant> expiries = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)
          && store.getKey(alias, password(bundle)) instanceof PrivateKey key
          && store.getCertificate(alias) instanceof X509Certificate certificate) {
        if (!fits(key, certificate)) {
          throw new GeneralSecurityException(
              "the private key does not belong to the certificate of "
                  + certificate.getSubjectX500Principal());
        }
        expiries.add(certificate.getNotAfter().toInstant());
      }
    }
    return expiries.stream().min(Instant::compareTo);
  }

  private static char @Nullable [] password(SslBundle bundle) {
    String own = bundle.getKey().getPassword();
    String password = own != null ? own : bundle.getStores().getKeyStorePassword();
    return password == null ? null : password.toCharArray();
  }

  /// Signs with the key and asks the certificate.
  private static boolean fits(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "DSA" -> "SHA256withDSA";
          default -> key.getAlgorithm();
        };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(SIGNED);
    byte[] signed = signature.sign();
    try {
      Signature asked = Signature.getInstance(algorithm);
      asked.initVerify(certificate.getPublicKey());
      asked.update(SIGNED);
      return asked.verify(signed);
    } catch (InvalidKeyException | SignatureException _) {
      // A key of another kind.
      return false;
    }
  }
}
