package io.lorahub.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.storage.directory.DirectoryStore;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StorageConfig;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.s3.S3Settings;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorageConfigTest {

    private static final Map<String, String> S3 = Map.of(
            "lorahub.storage.kind", "s3",
            "lorahub.storage.s3.endpoint", "http://127.0.0.1:9000",
            "lorahub.storage.s3.access-key", "user",
            "lorahub.storage.s3.secret-key", "very-secret");

    @Test
    void without_settings_objects_are_kept_in_a_folder() {
        StorageConfig config = config(Map.of());

        assertThat(config.kind()).isEqualTo(StorageConfig.Kind.DIRECTORY);
        assertThat(config.directory()).isEqualTo(Path.of("lorahub-data/objects"));
    }

    @Test
    void the_folder_is_made(@TempDir Path folder) {
        Path objects = folder.resolve("objects");

        ObjectStore store =
                new StorageProducer(config(Map.of("lorahub.storage.directory", objects.toString()))).objectStore();

        assertThat(((MeasuredStore) store).store()).isInstanceOf(DirectoryStore.class);
        assertThat(objects).isDirectory();
    }

    @Test
    void the_settings_of_S3_are_read_and_the_secret_is_not_printed() {
        S3Settings settings = S3Settings.of(config(S3).s3());

        assertThat(settings.endpoint()).isEqualTo("http://127.0.0.1:9000");
        assertThat(settings.bucket()).isEqualTo("lorahub");
        assertThat(settings.secretKey()).isEqualTo("very-secret");
        assertThat(settings.timeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings).asString().contains("127.0.0.1").doesNotContain("very-secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"endpoint", "access-key", "secret-key"})
    void a_missing_setting_of_S3_is_named(String name) {
        Map<String, String> settings = new HashMap<>(S3);
        settings.remove("lorahub.storage.s3." + name);

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> S3Settings.of(config(settings).s3()))
                .withMessageContaining(
                        "LORAHUB_STORAGE_S3_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1:9000", "ftp://example.org", "http://user:very-secret@example.org", "http://", "a b"})
    void an_endpoint_that_is_none_is_told(String endpoint) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> settings(endpoint, "lorahub"))
                .withMessageContaining("LORAHUB_STORAGE_S3_ENDPOINT")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("very-secret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ab", "My Bucket", "-bucket", "bucket/x"})
    void a_bucket_that_is_none_is_told(String bucket) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> settings("http://127.0.0.1:9000", bucket))
                .withMessageContaining("LORAHUB_STORAGE_S3_BUCKET");
    }

    private static S3Settings settings(String endpoint, String bucket) {
        return new S3Settings(endpoint, bucket, "user", "very-secret", "us-east-1", Duration.ofMinutes(1));
    }

    private static StorageConfig config(Map<String, String> properties) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(StorageConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build();
        return config.getConfigMapping(StorageConfig.class);
    }
}
