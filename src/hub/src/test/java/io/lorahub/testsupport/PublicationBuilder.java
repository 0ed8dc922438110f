package io.lorahub.testsupport;

import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.fingerprint.Duplicates;
import io.lorahub.adapter.fingerprint.FingerprintIndex;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.adapter.publication.Origin;
import io.lorahub.adapter.publication.Publication;
import io.lorahub.storage.Blob;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.inject.spi.CDI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Something to publish, made of real files; of their contents only the rows are in the database. */
public final class PublicationBuilder {

    private final Publisher publisher;
    private final CheckReport checkup;
    private String name = "past";
    private Card card = Cards.aCard();
    private Visibility visibility = Visibility.PUBLIC;
    private String label = "";
    private String notes = "";

    private PublicationBuilder(Publisher publisher, CheckReport checkup) {
        this.publisher = publisher;
        this.checkup = checkup;
    }

    /** @param folder of an adapter, as {@link AdapterBuilder} makes it */
    public static PublicationBuilder aPublication(Person owner, Path folder) {
        Publisher publisher = QuarkusTransaction.requiringNew()
                .call(() -> Publisher.named(owner.name).orElseThrow());
        return new PublicationBuilder(publisher, CheckReport.of(folder, Optional.empty(), "No base model is given."));
    }

    public PublicationBuilder named(String name) {
        this.name = name;
        return this;
    }

    public PublicationBuilder withCard(Card card) {
        this.card = card;
        return this;
    }

    public PublicationBuilder visible(Visibility visibility) {
        this.visibility = visibility;
        return this;
    }

    public PublicationBuilder labelled(String label) {
        this.label = label;
        return this;
    }

    public PublicationBuilder noted(String notes) {
        this.notes = notes;
        return this;
    }

    public Publication build() {
        Map<String, String> files = new TreeMap<>();
        checkup.facts()
                .path("sha256")
                .fields()
                .forEachRemaining(f -> files.put(f.getKey(), f.getValue().asText()));
        files.values().forEach(PublicationBuilder::storeRow);
        List<FingerprintIndex.Similar> near =
                CDI.current().select(Duplicates.class).get().near(files, checkup.fingerprint());
        return new Publication(publisher, name, card, visibility, label, notes, files, checkup, Origin.TRAINED, near);
    }

    private static void storeRow(String sha256) {
        QuarkusTransaction.requiringNew().run(() -> {
            if (Blob.findById(sha256) != null) return;
            Blob blob = new Blob();
            blob.sha256 = sha256;
            blob.persist();
        });
    }
}
