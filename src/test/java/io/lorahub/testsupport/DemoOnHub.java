package io.lorahub.testsupport;

import io.lorahub.account.Person;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.demo.DemoHub;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.StagedFolder;
import io.lorahub.storage.object.ObjectStore;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Real adapters of the demo hub, published by a member, with the base model that they need. */
@ApplicationScoped
public class DemoOnHub {

    private final Hub hub;
    private final Blobs blobs;
    private final ObjectStore store;

    DemoOnHub(Hub hub, Blobs blobs, ObjectStore store) {
        this.hub = hub;
        this.blobs = blobs;
        this.store = store;
    }

    /** Publishes the named adapters; gives their addresses. */
    public List<String> publish(Person owner, String... names) {
        DemoHub demo = DemoHub.open();
        StagedFolder base = stage(demo.base());
        try (HeldBlobs held = base.publish(blobs)) {
            QuarkusTransaction.requiringNew().run(() -> register(base));
        }
        return Arrays.stream(names)
                .map(name -> publish(owner, demo.adaptersFolder().resolve(name)))
                .toList();
    }

    private static void register(StagedFolder base) {
        if (BaseModelRecord.named(DemoHub.BASE_MODEL).isPresent()) return;
        BaseModelRecord entry = new BaseModelRecord();
        entry.name = DemoHub.BASE_MODEL;
        entry.modelType = "t5";
        entry.parameters = 1_600_000;
        entry.bytes = 6_400_000;
        entry.files = base.hashes();
        entry.persist();
    }

    private String publish(Person owner, Path folder) {
        StagedFolder files = stage(folder);
        try (HeldBlobs held = files.publish(blobs)) {
            return QuarkusTransaction.requiringNew().call(() -> {
                Adapter adapter = Adapter.findById(hub.adapter(owner, Visibility.PUBLIC).id);
                adapter.name = folder.getFileName().toString();
                adapter.newest().files = files.hashes();
                return adapter.address();
            });
        }
    }

    private StagedFolder stage(Path folder) {
        try {
            return StagedFolder.of(store, folder, name -> !name.endsWith(".md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
