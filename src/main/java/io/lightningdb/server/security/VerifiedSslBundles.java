package io.lightningdb.server.security;

import io.lightningdb.engine.io.FailureText;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
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
/// again and does not fit, is not valid now, or cannot be used, leaves the old one in force. *Thread-safe.*
final class VerifiedSslBundles extends DefaultSslBundleRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(VerifiedSslBundles.class);
  private static final byte[] SIGNED = {1, 2, 3, 4};

  private final Map<String, Validity> validities = new ConcurrentHashMap<>();
  private final Map<String, Refused> refused = new ConcurrentHashMap<>();

  /// A bundle that was read again and not taken.
  ///
  /// @param since when it was first refused
  /// @param reason what is wrong with it
  record Refused(Instant since, String reason) {}

  /// When certificates may be served.
  ///
  /// @param from when all of them are valid
  /// @param until when the first of them expires
  record Validity(Instant from, Instant until) {
    private static Validity of(X509Certificate certificate) {
      return new Validity(
          certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
    }

    private Validity and(Validity other) {
      return new Validity(
          from.isAfter(other.from) ? from : other.from,
          until.isBefore(other.until) ? until : other.until);
    }

    /// Why clients will not take them at a moment.
    ///
    /// @param moment when
    /// @return a phrase, or nothing if they will
    Optional<String> reason(Instant moment) {
      if (moment.isBefore(from)) {
        return Optional.of("the certificate is not valid before " + from);
      }
      return moment.isBefore(until)
          ? Optional.empty()
          : Optional.of("the certificate has expired at " + until);
    }
  }

  @Override
  public void registerBundle(String name, SslBundle bundle) {
    try {
      take(name, verify(bundle));
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
      Optional<Validity> validity = verify(bundle);
      Optional<String> unusable = validity.flatMap(found -> found.reason(Instant.now()));
      if (unusable.isPresent()) {
        throw new CertificateException(unusable.get());
      }
      super.updateBundle(name, bundle);
      take(name, validity);
      refused.remove(name);
      LOG.info(
          "The TLS bundle {} was read again{}",
          name,
          validity.map(found -> "; its certificate expires at " + found.until()).orElse(""));
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

  private void take(String name, Optional<Validity> validity) {
    validity.ifPresentOrElse(found -> validities.put(name, found), () -> validities.remove(name));
  }

  /// When the certificates that are served are valid.
  ///
  /// @return nothing without a certificate
  Optional<Validity> validity() {
    return validities.values().stream().reduce(Validity::and);
  }

  /// The bundles that were read again and not taken, by their names.
  ///
  /// @return empty if all that was read last is in force
  Map<String, Refused> refused() {
    return Map.copyOf(refused);
  }

  /// Makes sure that each private key belongs to the certificate beside it.
  ///
  /// @return when the certificates are valid, and those between them and a root
  private static Optional<Validity> verify(SslBundle bundle) throws GeneralSecurityException {
    KeyStore store = bundle.getStores().getKeyStore();
    if (store == null) {
      return Optional.empty();
    }
    List<Validity> validities = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)
          && store.getKey(alias, password(bundle)) instanceof PrivateKey key
          && store.getCertificate(alias) instanceof X509Certificate certificate) {
        if (!fits(key, certificate)) {
          throw new GeneralSecurityException(
              "the private key does not belong to the certificate of "
                  + certificate.getSubjectX500Principal());
        }
        validities.add(Validity.of(certificate));
        for (Certificate each : store.getCertificateChain(alias)) {
          // Clients have roots of their own.
          if (each instanceof X509Certificate signer
              && !signer.getIssuerX500Principal().equals(signer.getSubjectX500Principal())) {
            validities.add(Validity.of(signer));
          }
        }
      }
    }
    return validities.stream().reduce(Validity::and);
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
