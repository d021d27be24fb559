package io.lightningdb.tool.client;

import io.lightningdb.engine.io.FailureText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Certificates and keys out of PEM files.
final class Tls {
  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
  private static final char[] NO_PASSWORD = {};

  private Tls() {}

  /// Makes sockets that trust and show what the files say.
  ///
  /// @param authorities whom to trust, or null for those of the JDK
  /// @param certificate of the client, or null for none
  /// @param key its key, there if the certificate is
  static SSLSocketFactory factory(
      @Nullable Path authorities, @Nullable Path certificate, @Nullable Path key)
      throws ClientException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          certificate == null || key == null ? null : shown(certificate, key),
          authorities == null ? null : trusted(authorities),
          null);
      return context.getSocketFactory();
    } catch (ClientException e) {
      throw e;
    } catch (GeneralSecurityException | IOException e) {
      throw new ClientException(
          ClientExit.UNTRUSTED, "TLS cannot be set up: " + FailureText.of(e) + ".", e);
    }
  }

  private static TrustManager[] trusted(Path file) throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    int number = 0;
    for (Certificate each : certificates(file)) {
      store.setCertificateEntry("authority-" + number++, each);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager[] shown(Path certificate, Path key)
      throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    Certificate[] chain = certificates(certificate).toArray(Certificate[]::new);
    PrivateKey secret = privateKey(key);
    if (!secret.getAlgorithm().equals(chain[0].getPublicKey().getAlgorithm())) {
      throw LocalFiles.unreadable(key, "is not the key of " + certificate);
    }
    store.setKeyEntry("client", secret, NO_PASSWORD, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file) throws ClientException {
    try {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(LocalFiles.read(file)));
      if (!found.isEmpty()) {
        return found;
      }
    } catch (CertificateException _) {
      // Told below.
    }
    throw LocalFiles.unreadable(file, "holds no certificate in PEM form");
  }

  private static PrivateKey privateKey(Path file) throws ClientException, GeneralSecurityException {
    String text = new String(LocalFiles.read(file), StandardCharsets.US_ASCII);
    Matcher matcher = PRIVATE_KEY.matcher(text);
    if (!matcher.find()) {
      boolean other = text.contains("PRIVATE KEY-----");
      throw LocalFiles.unreadable(
          file,
          other
              ? "holds a key in another form than PKCS #8, or an encrypted one:"
                  + " `openssl pkcs8 -topk8 -nocrypt` turns it into that"
              : "holds no private key in PEM form");
    }
    byte[] encoded = Base64.getMimeDecoder().decode(matcher.group(1));
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException _) {
        // One of the next kind.
      }
    }
    throw LocalFiles.unreadable(file, "holds a private key that is neither RSA, EC nor EdDSA");
  }
}
