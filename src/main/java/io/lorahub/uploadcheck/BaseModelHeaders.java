package io.lorahub.uploadcheck;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.storage.Blobs;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The shapes of registered base models; each model's files are read once. */
@ApplicationScoped
class BaseModelHeaders {

    private final Blobs blobs;
    private final Map<Map<String, String>, BaseShapes> known = new ConcurrentHashMap<>();

    BaseModelHeaders(Blobs blobs) {
        this.blobs = blobs;
    }

    /** Empty if no such model is registered. */
    Optional<BaseShapes> shapes(String name) {
        Optional<Map<String, String>> files = QuarkusTransaction.requiringNew()
                .call(() -> BaseModelRecord.named(name).map(model -> Map.copyOf(new TreeMap<>(model.files))));
        return files.filter(f -> !f.isEmpty()).map(f -> known.computeIfAbsent(f, this::read));
    }

    private BaseShapes read(Map<String, String> files) {
        try (CheckFolder folder = CheckFolder.ofHeaders(files, blobs)) {
            return BaseShapes.read(folder.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
