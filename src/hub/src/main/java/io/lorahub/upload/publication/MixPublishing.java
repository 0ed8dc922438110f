package io.lorahub.upload.publication;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.fingerprint.FingerprintIndex.Similar;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.adapter.publication.Origin;
import io.lorahub.adapter.publication.Publication;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.adapter.publication.PublishingException;
import io.lorahub.notice.NotificationInbox;
import io.lorahub.upload.Draft;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.check.MixCompletion;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Completes a mix in the transaction that ends its checks: publishes it, or notifies its author why that was
 * impossible.
 */
@ApplicationScoped
class MixPublishing implements MixCompletion {

    private final Publishing publishing;
    private final NotificationInbox inbox;

    MixPublishing(Publishing publishing, NotificationInbox inbox) {
        this.publishing = publishing;
        this.inbox = inbox;
    }

    @Override
    public void end(Upload upload, CheckReport checkup, List<Similar> near) {
        if (!checkup.passed()) {
            upload.become(UploadState.FAILED);
            notifyOwner(upload, "It did not pass its checks.");
            return;
        }
        Map<AdapterVersion, Double> parts = upload.weightsOfParts();
        Optional<String> takenDown = parts.keySet().stream()
                .map(part -> part.adapter)
                .filter(adapter -> adapter.state == AdapterState.TAKEN_DOWN)
                .map(Adapter::address)
                .findFirst();
        if (takenDown.isPresent()) {
            fail(upload, "Moderators took down %s, so nothing made of it can be published.".formatted(takenDown.get()));
            return;
        }
        try {
            Map<Long, Double> weights =
                    parts.entrySet().stream().collect(Collectors.toMap(part -> part.getKey().id, Map.Entry::getValue));
            Publication publication = UploadPublishing.publication(
                    upload, Draft.read(upload.card), upload.hashes(), checkup, new Origin(weights, upload.run), near);
            AdapterVersion version = publishing.publishFor(upload.person, publication);
            upload.become(UploadState.PASSED);
            upload.become(UploadState.PUBLISHED);
            upload.adapter = version.adapter;
        } catch (PublishingException e) {
            fail(upload, e.getMessage());
        }
    }

    @Override
    public void giveUp(Upload upload, String why) {
        fail(upload, why);
    }

    private void fail(Upload upload, String why) {
        upload.fail(why);
        notifyOwner(upload, why);
    }

    private void notifyOwner(Upload upload, String why) {
        String title = Draft.read(upload.card).title();
        inbox.send(upload.person.id, "“%s” could not be published".formatted(title), why, "/uploads/" + upload.id);
    }
}
