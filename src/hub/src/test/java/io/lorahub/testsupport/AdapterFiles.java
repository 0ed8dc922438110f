package io.lorahub.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** The files of a folder in memory, with changes that a test makes. */
public final class AdapterFiles {

    public static final String CONFIG = "adapter_config.json";
    public static final String WEIGHTS = "adapter_model.safetensors";

    private final Map<String, byte[]> contents = new TreeMap<>();

    public static AdapterFiles of(Path folder) {
        AdapterFiles files = new AdapterFiles();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path file : entries.toList())
                files.contents.put(file.getFileName().toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    public AdapterFiles with(String name, String text) {
        contents.put(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** In the configuration, which has to hold it. */
    public AdapterFiles replacing(String text, String other) {
        String config = new String(contents.get(CONFIG), StandardCharsets.UTF_8);
        if (!config.contains(text)) throw new AssertionError("no " + text + " in " + config);
        return with(CONFIG, config.replace(text, other));
    }

    /** Weights that nobody has published: the low bits of the last number, which no check looks at, differ. */
    public AdapterFiles unique() {
        byte[] weights = contents.get(WEIGHTS);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        weights[weights.length - 3] = (byte) random.nextInt();
        weights[weights.length - 4] = (byte) random.nextInt();
        return this;
    }

    public byte[] get(String name) {
        return contents.get(name);
    }

    public Map<String, byte[]> map() {
        return contents;
    }
}
