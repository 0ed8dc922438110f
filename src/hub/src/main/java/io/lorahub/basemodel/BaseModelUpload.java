package io.lorahub.basemodel;

import io.lorahub.storage.directory.TempFolders;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.io.FileUtils;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** Registers base models from files that a browser sends. */
@ApplicationScoped
public class BaseModelUpload {

    private static final Pattern WEIGHTS =
            Pattern.compile("(model|pytorch_model).*\\.(safetensors|bin)(\\.index\\.json)?");

    private final BaseModels models;

    BaseModelUpload(BaseModels models) {
        this.models = models;
    }

    /** @throws ProblemException with every reason why the files cannot be used as a model */
    public BaseModelRecord register(String name, String summary, String licence, List<FileUpload> files) {
        Path folder = null;
        try {
            folder = TempFolders.folder("base");
            List<String> sent = new ArrayList<>();
            for (FileUpload file : files) {
                String base = file.fileName().replaceFirst("^.*[/\\\\]", "");
                sent.add(base);
                if (BaseModels.needs(base)) Files.move(file.uploadedFile(), folder.resolve(base));
            }
            requireModel(sent);
            return register(name, summary, licence, folder);
        } catch (FileAlreadyExistsException e) {
            throw ProblemException.invalid("files", "Two of the files have the same name.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (folder != null) FileUtils.deleteQuietly(folder.toFile());
        }
    }

    /** Names what was sent instead of a model. */
    private static void requireModel(List<String> names) {
        if (names.stream().noneMatch(WEIGHTS.asMatchPredicate())) {
            if (names.contains("adapter_config.json")) {
                throw ProblemException.invalid(
                        "files",
                        "These are the files of an adapter. Choose those of a base model here, and upload the adapter on the page Upload.");
            }
            names.stream().filter(name -> name.endsWith(".gguf")).findFirst().ifPresent(name -> {
                throw ProblemException.invalid(
                        "files",
                        "%s is a GGUF file, which LoraHub does not run. Choose the files of the original model: config.json, its weights as safetensors, and its tokenizer."
                                .formatted(name));
            });
        }
        if (!names.contains("config.json")) {
            throw ProblemException.invalid(
                    "files", "There is no config.json among them; choose all files of the model's folder.");
        }
    }

    /** Hides the folder's path from messages, because it means nothing to the client that sent the files. */
    private BaseModelRecord register(String name, String summary, String licence, Path folder) {
        try {
            return models.register(name, summary, licence, folder.toString());
        } catch (ProblemException e) {
            if (e.causes().isEmpty()) throw e;
            throw ProblemException.invalid(e.causes().stream()
                    .map(cause -> cause.field().equals("folder") ? ofFiles(cause, folder) : cause)
                    .toList());
        }
    }

    private static FieldError ofFiles(FieldError cause, Path folder) {
        return new FieldError(
                "files", cause.message().replace(folder + "/", "").replace(folder.toString(), "What was sent"));
    }
}
