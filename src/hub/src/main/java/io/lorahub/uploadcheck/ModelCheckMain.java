package io.lorahub.uploadcheck;

import io.lorahub.basemodel.BaseModelFacts;
import io.lorahub.childprocess.ChildMain;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.inspection.ModelSummary;
import io.lorahub.engine.inspection.ModelTrial;
import io.lorahub.engine.lora.FileHashes;
import io.lorahub.engine.lora.config.CheckFinding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The process that reads a base model in full and runs it once: it answers each {@link ModelCheckRequest} with a {@link
 * ModelCheckResponse}.
 */
public final class ModelCheckMain {

    /** Maximum number of problems that are listed: a model that lacks a layer lacks a dozen tensors. */
    private static final int LISTED = 3;

    /** Maximum number of characters of a text of a finding. */
    private static final int LONGEST = 1_000;

    /**
     * Of all files of weights together, in bytes. Web processes read them for the shapes of the tensors; each tensor takes
     * about 100 bytes.
     */
    private static final long LARGEST_HEADERS = 8_000_000;

    /** What libtorch says if it gets no memory. */
    private static final Pattern NO_MEMORY = Pattern.compile("can't allocate memory|bad_alloc|Cannot allocate memory");

    private ModelCheckMain() {}

    public static void main(String[] args) throws InterruptedException, IOException {
        ChildMain.serve(ModelCheckRequest.class, ModelCheckMain::check);
    }

    private static ModelCheckResponse check(ModelCheckRequest request) throws IOException {
        Path folder = Path.of(request.folder());
        long headers = headers(folder);
        if (headers > LARGEST_HEADERS) return refused(folder, List.of(tooLarge(headers)));
        Inspection inspection = Inspection.of(folder);
        List<CheckFinding> errors =
                inspection.findings().stream().filter(CheckFinding::isError).toList();
        if (!errors.isEmpty()) return refused(folder, errors);
        if (inspection.model().isEmpty()) {
            return refused(
                    folder,
                    List.of(CheckFinding.error(
                            "no-base-model", "config.json", "These files aren't a base model.", "")));
        }
        ModelSummary summary = inspection.model().get();
        try {
            ModelTrial trial = ModelTrial.run(folder);
            BaseModelFacts facts = new BaseModelFacts(
                    summary.modelType(),
                    summary.tensors().parameters(),
                    summary.tensors().bytes(),
                    trial.chatTemplate(),
                    shortened(trial.continuation()));
            return new ModelCheckResponse(List.of(), facts, summary.sha256());
        } catch (EngineException e) {
            endIfMemory(e);
            return refused(folder, List.of(CheckFinding.error("unusable", "", e.getMessage(), "")));
        } catch (RuntimeException e) {
            endIfMemory(e);
            throw e;
        }
    }

    private static void endIfMemory(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null
                    && NO_MEMORY.matcher(cause.getMessage()).find()) ChildMain.endForMemory();
        }
    }

    private static CheckFinding tooLarge(long headers) {
        return CheckFinding.error(
                "headers-too-large",
                "",
                "The headers of the weights have %,d bytes; at most %,d are accepted."
                        .formatted(headers, LARGEST_HEADERS),
                "Get the model's own weights again.");
    }

    private static long headers(Path folder) throws IOException {
        long headers = 0;
        for (Path file : files(folder)) {
            if (!file.getFileName().toString().endsWith(".safetensors")) continue;
            headers += Math.min(Math.max(0, header(file)), Files.size(file));
        }
        return headers;
    }

    /** The length that a safetensors file says at its beginning; 0 for one that is shorter than that. */
    private static long header(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] length = in.readNBytes(Long.BYTES);
            return length.length < Long.BYTES
                    ? 0
                    : ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static ModelCheckResponse refused(Path folder, List<CheckFinding> errors) throws IOException {
        List<CheckFinding> listed = new ArrayList<>(errors.size() <= LISTED + 1 ? errors : errors.subList(0, LISTED));
        if (errors.size() > listed.size()) {
            listed.add(CheckFinding.error(
                    "more",
                    "",
                    "There are %d more problems; lorahub inspect lists them.".formatted(errors.size() - listed.size()),
                    ""));
        }
        Map<String, String> sha256 = new TreeMap<>(FileHashes.of(files(folder)));
        return new ModelCheckResponse(
                listed.stream().map(finding -> without(folder, finding)).toList(), null, sha256);
    }

    /** The folder's name means nothing to whoever sent the files. */
    private static CheckFinding without(Path folder, CheckFinding finding) {
        return CheckFinding.error(
                finding.code(),
                without(folder, finding.subject()),
                without(folder, finding.message()),
                without(folder, finding.fix()));
    }

    private static String without(Path folder, String text) {
        return shortened(text.replace(folder + "/", "").replace(folder.toString(), "What was sent"));
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
