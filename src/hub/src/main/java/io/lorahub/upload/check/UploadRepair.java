package io.lorahub.upload.check;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.lora.config.ConfigFile;
import io.lorahub.storage.Blobs;
import io.lorahub.upload.FileRelease;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.Uploads;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudgets;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;

/** Repairs problems found by the checks that do not require other files. */
@ApplicationScoped
public class UploadRepair {

    private static final String KEY = "base_model_name_or_path";
    private static final int LONGEST_CONFIG = 1_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Uploads uploads;
    private final Blobs blobs;
    private final UploadChecks checks;
    private final FileRelease release;
    private final RequestBudgets budgets;

    UploadRepair(Uploads uploads, Blobs blobs, UploadChecks checks, FileRelease release, RequestBudgets budgets) {
        this.uploads = uploads;
        this.blobs = blobs;
        this.checks = checks;
        this.release = release;
        this.budgets = budgets;
    }

    /** Repeats the checks, because they stopped early or the hub has more information now. */
    @Transactional
    public Upload checkAgain(UUID id) {
        Upload upload = uploads.ownLocked(id);
        requireChecked(upload);
        checks.queueIfWhole(upload);
        return upload;
    }

    @Transactional
    public void nameBaseModel(UUID id, String name) {
        nameBaseModel(uploads.ownLocked(id), name);
    }

    /** Writes the name to the configuration, and queues the upload's checks again. */
    public void nameBaseModel(Upload upload, String name) {
        requireChecked(upload);
        String baseModel = name.strip();
        if (baseModel.isEmpty() || baseModel.length() > 193) {
            throw ProblemException.invalid("base_model", "Name the base model, such as google/flan-t5-small.");
        }
        UploadFile config = upload.file(AdapterFolder.CONFIG)
                .filter(file -> file.sha256 != null)
                .orElseThrow(() -> ProblemException.conflict("There is no adapter_config.json to write it into."));
        ObjectNode json = read(config);
        if (baseModel.equals(json.path(KEY).asText())) return;
        byte[] corrected = write(json.put(KEY, baseModel));
        release.afterCommit(List.of(config));
        config.sha256 = blobs.publishInTransaction(corrected).sha256;
        config.size = corrected.length;
        checks.queueIfWhole(upload);
    }

    private static void requireChecked(Upload upload) {
        switch (upload.getState()) {
            case PASSED, FAILED -> {
                if (!upload.isWhole() || upload.hashes().isEmpty()) {
                    throw ProblemException.conflict("There is nothing to check; send the files.");
                }
            }
            case CHECKING ->
                throw ProblemException.conflict("The files are being checked. Wait until the check has finished.");
            case RECEIVING -> throw ProblemException.conflict("Some files are missing; send them first.");
            case PUBLISHED, CANCELLED -> throw ProblemException.conflict("This upload has ended; start a new one.");
        }
    }

    private ObjectNode read(UploadFile config) {
        try (InputStream in = blobs.open(config.sha256, 0, LONGEST_CONFIG);
                JsonParser parser = budgets.current().counted(ConfigFile.parser(in.readAllBytes()))) {
            JsonNode json = JSON.readTree(parser);
            if (json instanceof ObjectNode object) return object;
        } catch (IOException e) {
            // not JSON at all, or too many values: reported below
        }
        throw ProblemException.conflict("adapter_config.json cannot be read; send another one.");
    }

    private static byte[] write(ObjectNode json) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
