package io.lorahub.download;

import io.lorahub.account.Person;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.storage.Blob;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.testsupport.Hub;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.io.ByteArrayInputStream;
import java.util.Map;

/** Creates adapters with files that are really stored. */
@ApplicationScoped
public class PublishedFiles {

    private final Hub hub;
    private final ObjectStore objects;

    PublishedFiles(Hub hub, ObjectStore objects) {
        this.hub = hub;
        this.objects = objects;
    }

    /** An adapter whose version 1.0.0 has these files. */
    @Transactional
    public Adapter adapter(Person owner, Visibility visibility, Map<String, byte[]> files) {
        Adapter adapter = hub.adapter(owner, visibility);
        AdapterVersion version = AdapterVersion.of(adapter, "1.0.0").orElseThrow();
        files.forEach((name, content) -> version.files.put(name, store(content)));
        return adapter;
    }

    private String store(byte[] content) {
        StagedFile staged = objects.stage(new ByteArrayInputStream(content), content.length);
        objects.publish(staged, staged.blobKey());
        if (Blob.findByIdOptional(staged.sha256()).isEmpty()) {
            Blob blob = new Blob();
            blob.sha256 = staged.sha256();
            blob.size = staged.size();
            blob.persist();
        }
        return staged.sha256();
    }
}
