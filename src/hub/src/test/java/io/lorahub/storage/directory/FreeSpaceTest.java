package io.lorahub.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.storage.object.StorageConfig;
import io.quarkus.runtime.configuration.MemorySize;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the disk that the test runs on. */
class FreeSpaceTest {

    private static final long PETABYTE = 1L << 50;

    private record Config(Path directory, long floor) implements StorageConfig {

        @Override
        public Kind kind() {
            return Kind.DIRECTORY;
        }

        @Override
        public MemorySize freeSpace() {
            return new MemorySize(BigInteger.valueOf(floor));
        }

        @Override
        public S3 s3() {
            throw new UnsupportedOperationException("It is a folder.");
        }
    }

    @TempDir
    Path dir;

    @Test
    void work_that_would_leave_less_than_the_floor_is_refused() throws IOException {
        long free = Files.getFileStore(dir).getUsableSpace();
        Path later = dir.resolve("made/later");

        assertThat(new FreeSpace(new Config(later, 0), Optional.empty()).isShort(0))
                .isFalse();
        assertThat(new FreeSpace(new Config(later, 0), Optional.empty()).isShort(PETABYTE))
                .isTrue();
        assertThat(new FreeSpace(new Config(later, free / 2), Optional.empty()).isShort(0))
                .isFalse();
        assertThat(new FreeSpace(new Config(later, free / 2), Optional.empty()).isShort(free))
                .isTrue();
        assertThat(new FreeSpace(new Config(later, PETABYTE), Optional.empty()).isShort(0))
                .isTrue();
    }
}
