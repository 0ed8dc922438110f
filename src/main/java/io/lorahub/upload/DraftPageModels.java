package io.lorahub.upload;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.Publishing;
import io.lorahub.basemodel.BaseModels;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Puts together what the page of an upload shows. */
@ApplicationScoped
class DraftPageModels {

    private final Drafts drafts;
    private final Publishing publishing;
    private final BaseModels models;

    DraftPageModels(Drafts drafts, Publishing publishing, BaseModels models) {
        this.drafts = drafts;
        this.publishing = publishing;
        this.models = models;
    }

    DraftPageModel sheet(Upload upload) {
        Draft draft = drafts.of(upload);
        return sheet(upload, DraftForm.of(upload, draft), null);
    }

    /**
     * @param form    what was typed
     * @param preview the description to show as it will be; null for none
     */
    DraftPageModel sheet(Upload upload, DraftForm form, String preview) {
        List<Publisher> publishers = Publisher.of(upload.person);
        return new DraftPageModel(
                upload,
                CheckList.of(upload),
                upload.facts == null || upload.facts.isEmpty() ? null : new AdapterFacts(upload.facts),
                form,
                publishers.stream().map(publisher -> publisher.name).toList(),
                Adapter.<Adapter>list("publisher in ?1 order by publisher.name, name", publishers).stream()
                        .map(Adapter::address)
                        .toList(),
                models.all().stream().map(model -> model.name).toList(),
                nextLabel(upload),
                preview);
    }

    private String nextLabel(Upload upload) {
        return upload.adapter == null
                ? "1.0.0"
                : publishing
                        .nextLabel(upload.adapter.publisher, upload.adapter.name)
                        .toString();
    }
}
