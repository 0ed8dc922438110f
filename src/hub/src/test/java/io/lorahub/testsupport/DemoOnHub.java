package io.lorahub.testsupport;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Person;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
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
        return publish(owner, DemoHub.BASE_MODEL, "t5", 1_600_000, demo.base(), demo.adaptersFolder(), List.of(names));
    }

    /**
     * Publishes adapters of the tiny Llama model of the reference under the names a and b; gives their addresses.
     *
     * @param baseModel the name that the model gets
     * @param folder    the model, perhaps with another chat template
     */
    public List<String> publishCausal(Person owner, String baseModel, Path folder) {
        return publish(
                owner, baseModel, "llama", 70_000, folder, Reference.path("causal/adapters/llama"), List.of("a", "b"));
    }

    /** Publishes adapters of the tiny Llama model with trained modules, see reference/make_saved_modules.py, from a folder of them. */
    public List<String> publishSavedModules(Person owner, String baseModel, Path folder, String... names) {
        List<String> addresses = publish(
                owner, baseModel, "llama", 70_000, Reference.path("causal/models/llama"), folder, List.of(names));
        QuarkusTransaction.requiringNew()
                .run(() -> addresses.forEach(address -> {
                    String name = address.substring(address.indexOf('/') + 1);
                    List<String> replaced = name.equals("head")
                            ? List.of("lm_head")
                            : name.equals("both") ? List.of("lm_head", "model.embed_tokens") : List.of();
                    AdapterVersion version =
                            Adapter.at(owner.name, name).orElseThrow().newest();
                    ObjectNode facts = version.facts.deepCopy();
                    replaced.forEach(facts.putArray(AdapterFacts.REPLACED)::add);
                    version.facts = facts;
                }));
        return addresses;
    }

    private List<String> publish(
            Person owner,
            String baseModel,
            String type,
            long parameters,
            Path folder,
            Path adapters,
            List<String> names) {
        StagedFolder base = stage(folder);
        try (HeldBlobs held = base.publish(blobs)) {
            QuarkusTransaction.requiringNew().run(() -> register(baseModel, type, parameters, base));
        }
        return names.stream()
                .map(name -> publish(owner, baseModel, adapters.resolve(name)))
                .toList();
    }

    private static void register(String name, String type, long parameters, StagedFolder base) {
        if (BaseModelRecord.named(name).isPresent()) return;
        BaseModelRecord entry = new BaseModelRecord();
        entry.name = name;
        entry.modelType = type;
        entry.parameters = parameters;
        entry.bytes = 4 * parameters;
        entry.files = base.hashes();
        entry.persist();
    }

    private String publish(Person owner, String baseModel, Path folder) {
        StagedFolder files = stage(folder);
        try (HeldBlobs held = files.publish(blobs)) {
            return QuarkusTransaction.requiringNew().call(() -> {
                Adapter adapter = Adapter.findById(hub.adapter(owner, Visibility.PUBLIC).id);
                adapter.baseModel = baseModel;
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
