package io.lorahub.download;

import io.lorahub.basemodel.BaseModelConfig;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.storage.Blobs;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;

/** Files of registered base models, which everybody may know of. */
@ApplicationScoped
class BaseModelDownloads {

    private final BaseModelConfig config;
    private final Blobs blobs;

    BaseModelDownloads(BaseModelConfig config, Blobs blobs) {
        this.config = config;
        this.blobs = blobs;
    }

    /** @throws ProblemException forbidden where the hub does not hand them out; not found for what there is not */
    @Transactional
    Download file(String model, String file) {
        BaseModelRecord entry = BaseModelRecord.named(model).orElseThrow(() -> ProblemException.notFound("base model"));
        if (!config.downloads()) {
            throw ProblemException.forbidden(
                    "This hub does not hand out base models; get %s where it comes from.".formatted(entry.name));
        }
        String sha256 = entry.files.get(file);
        if (sha256 == null) throw ProblemException.notFound("such file of " + entry.name);
        return new Download(
                file,
                List.of(ContentRegion.Stored.whole(sha256, blobs.size(sha256))),
                sha256,
                entry.createdAt,
                Optional.of(sha256),
                true,
                Optional.empty());
    }
}
