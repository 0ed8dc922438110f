package io.lorahub.account.signin;

import io.lorahub.account.AccountsConfig;
import io.lorahub.account.Secret;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts the secrets of second factors (AES-256-GCM), so that a copy of the database alone is not enough to compute
 * codes. The key is kept outside of it: in a setting, or in a file in the data directory that is created when it is
 * first needed.
 */
@ApplicationScoped
public class SecondFactorKey {

    /** Prefix of encrypted secrets; base32 has no such character. */
    private static final String PREFIX = "v1:";

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final AccountsConfig config;
    private SecretKeySpec key;

    SecondFactorKey(AccountsConfig config) {
        this.config = config;
    }

    static boolean isSealed(String stored) {
        return stored.startsWith(PREFIX);
    }

    /** @param person owner of the secret; it cannot be decrypted in another person's row */
    String seal(long person, String secret) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, person, nonce).doFinal(secret.getBytes(StandardCharsets.US_ASCII));
            byte[] all = ByteBuffer.allocate(nonce.length + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
            return PREFIX + Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has AES-GCM.", e);
        }
    }

    /** Empty if it was encrypted with another key. */
    public Optional<String> open(long person, String stored) {
        if (!isSealed(stored)) return Optional.of(stored); // stored by an earlier release
        ByteBuffer all = ByteBuffer.wrap(Base64.getDecoder().decode(stored.substring(PREFIX.length())));
        byte[] nonce = new byte[NONCE_BYTES];
        all.get(nonce);
        byte[] sealed = new byte[all.remaining()];
        all.get(sealed);
        try {
            byte[] secret = cipher(Cipher.DECRYPT_MODE, person, nonce).doFinal(sealed);
            return Optional.of(new String(secret, StandardCharsets.US_ASCII));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has AES-GCM.", e);
        }
    }

    private Cipher cipher(int mode, long person, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key(), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(Long.toString(person).getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }

    private synchronized SecretKeySpec key() {
        if (key == null) {
            String text = config.secretKey().orElseGet(() -> ofFile(config.keyFile()));
            key = new SecretKeySpec(new Secret(text).hash(), "AES");
        }
        return key;
    }

    private static String ofFile(Path file) {
        try {
            try {
                Files.createDirectories(file.toAbsolutePath().getParent());
                var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
                var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                try (var channel = Files.newByteChannel(file, options, owner)) {
                    channel.write(
                            StandardCharsets.US_ASCII.encode(Secret.random("").text()));
                }
            } catch (FileAlreadyExistsException e) { // as at every start but the first
            }
            String text = Files.readString(file).strip();
            if (text.length() < 43)
                throw new IllegalStateException("%s doesn't contain a complete key.".formatted(file));
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
