package io.lorahub.storage.object;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.commons.io.IOUtils;

/** A store that is empty when a test begins, and what all tests do with it. */
interface StoreUnderTest {

    /** The parts in which the stores under test send and copy to S3; the least that S3 allows. */
    int PART_BYTES = 5 << 20;

    long NO_LIMIT = 1L << 40;

    String KEY = "notes/hello.txt";

    /** The same during one test. */
    ObjectStore store();

    default StagedFile stage(String text) {
        return store().stage(text(text), NO_LIMIT);
    }

    default void publish(String text, String key) {
        store().publish(stage(text), key);
    }

    default String read(String key) throws IOException {
        try (InputStream in = store().open(key)) {
            return IOUtils.toString(in, UTF_8);
        }
    }

    default List<String> keys(String prefix) {
        return store().list(prefix).map(StoredObject::key).toList();
    }

    static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }
}
