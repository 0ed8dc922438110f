package io.lorahub.uploadcheck;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.childprocess.ChildProcesses;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.storage.Blobs;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The shapes of registered base models, and hashes of single weights; child processes read both once. */
@ApplicationScoped
class BaseModelHeaders {

    private final Blobs blobs;
    private final ChildProcesses processes;
    private final UploadCheckConfig config;
    private final Map<Map<String, String>, BaseShapes> known = new ConcurrentHashMap<>();
    private final Map<Weight, String> hashes = new ConcurrentHashMap<>();

    /** @param type to which it is rounded */
    private record Weight(Map<String, String> files, String name, DType type) {}

    BaseModelHeaders(Blobs blobs, ChildProcesses processes, UploadCheckConfig config) {
        this.blobs = blobs;
        this.processes = processes;
        this.config = config;
    }

    /** Names of the registered models. */
    List<String> names() {
        return QuarkusTransaction.requiringNew()
                .call(() -> BaseModelRecord.<BaseModelRecord>list("order by name").stream()
                        .map(model -> model.name)
                        .toList());
    }

    /** Empty if no such model is registered. */
    Optional<BaseShapes> shapes(String name) {
        return files(name).map(files -> known.computeIfAbsent(files, this::read));
    }

    /** SHA-256 of a weight's bytes once it is rounded to a type; empty if the model is not registered. */
    Optional<String> sha256(String model, String weight, DType type) {
        return files(model).map(files -> hashes.computeIfAbsent(new Weight(files, weight, type), this::hash));
    }

    private static Optional<Map<String, String>> files(String name) {
        return QuarkusTransaction.requiringNew()
                .call(() -> BaseModelRecord.named(name).map(model -> Map.copyOf(new TreeMap<>(model.files))))
                .filter(files -> !files.isEmpty());
    }

    private String hash(Weight weight) {
        // the files of GPT-2 leave out the first part of the names
        Predicate<String> filter =
                name -> weight.name().equals(name) || weight.name().endsWith("." + name);
        try (CheckFolder folder = CheckFolder.ofTensors(weight.files(), filter, blobs)) {
            return ask(
                            new CheckQuestion.WeightHash(folder.path().toString(), weight.name(), weight.type()),
                            CheckQuestion.WeightHashAnswer.class,
                            folder)
                    .sha256();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BaseShapes read(Map<String, String> files) {
        try (CheckFolder folder = CheckFolder.ofHeaders(files, blobs)) {
            return new BaseShapes(
                    ask(new CheckQuestion.Shapes(folder.path().toString()), CheckQuestion.ShapesAnswer.class, folder)
                            .tensors());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <A> A ask(CheckQuestion question, Class<A> answer, CheckFolder folder) throws IOException {
        return processes.ask(
                UploadCheck.program(config),
                question,
                answer,
                UploadCheck.deadline(config, folder.bytes()),
                () -> true);
    }
}
