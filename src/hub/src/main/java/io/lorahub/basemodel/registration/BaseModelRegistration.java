package io.lorahub.basemodel.registration;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.quarkus.hibernate.orm.panache.PanacheQuery;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The registration of a base model: its upload, from when its files are here or are copied from a folder. Each name has the
 * latest one only.
 *
 * @param id of the upload
 * @param copying whether its files are being copied, so that the check is next
 * @param findings why it was refused; empty otherwise
 * @param tries how often its check was started
 * @param interruption why its check broke off last, as a sentence; null if it did not
 * @param begunAt when its check was started last; null if it waits
 * @param endedAt null while it is checked
 */
public record BaseModelRegistration(
        UUID id,
        String name,
        RegistrationState state,
        boolean copying,
        List<CheckFinding> findings,
        int tries,
        String interruption,
        Instant createdAt,
        Instant begunAt,
        Instant endedAt) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<List<CheckFinding>> FINDINGS = new TypeReference<>() {};

    private static final String REGISTRATIONS =
            "baseModel is not null and (state in (CHECKING, FAILED, PUBLISHED) or state = RECEIVING and sourceFolder is not null)";

    public static BaseModelRegistration of(Upload upload) {
        RegistrationState state =
                switch (upload.getState()) {
                    case PUBLISHED -> RegistrationState.AVAILABLE;
                    case FAILED -> RegistrationState.REFUSED;
                    default -> RegistrationState.CHECKING;
                };
        boolean checking = state == RegistrationState.CHECKING;
        return new BaseModelRegistration(
                upload.id,
                upload.baseModel,
                state,
                upload.getState() == UploadState.RECEIVING,
                upload.findings == null ? List.of() : JSON.convertValue(upload.findings, FINDINGS),
                upload.checkTries,
                checking ? upload.checkInterruption : null,
                upload.createdAt,
                upload.checkBegunAt,
                checking ? null : upload.updatedAt);
    }

    public static Optional<BaseModelRegistration> named(String name) {
        return upload(name).map(BaseModelRegistration::of);
    }

    static Optional<Upload> upload(String name) {
        return Upload.<Upload>find(REGISTRATIONS + " and baseModel = ?1 order by createdAt desc", name)
                .firstResultOptional();
    }

    /** Newest first. */
    static List<BaseModelRegistration> newest(int most) {
        PanacheQuery<Upload> all = Upload.find(REGISTRATIONS + " order by createdAt desc, id");
        return all.page(0, most).list().stream().map(BaseModelRegistration::of).toList();
    }

    public boolean isChecking() {
        return state == RegistrationState.CHECKING;
    }
}
