package io.lorahub.adapter.fingerprint;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.PublicationBuilder.aPublication;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterDeletionEvent;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.adapter.publication.PublishingException;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.inspection.CheckResult.State;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.hostile.Disguise;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class DuplicatesTest {

    private final Hub hub;
    private final Publishing publishing;
    private final DuplicateCheck check;
    private final FingerprintIndex fingerprints;
    private final EntityManager database;
    private final Duplicates duplicates;
    private final Event<AdapterDeletionEvent> deletions;

    @TempDir
    Path dir;

    private Person author;
    private Person other;

    DuplicatesTest(
            Hub hub,
            Publishing publishing,
            DuplicateCheck check,
            FingerprintIndex fingerprints,
            Duplicates duplicates,
            EntityManager database,
            Event<AdapterDeletionEvent> deletions) {
        this.deletions = deletions;
        this.fingerprints = fingerprints;
        this.duplicates = duplicates;
        this.hub = hub;
        this.publishing = publishing;
        this.check = check;
        this.database = database;
    }

    @BeforeEach
    void signIn() {
        author = hub.person(Role.MEMBER);
        other = hub.person(Role.MEMBER);
    }

    @Test
    void the_same_weights_cannot_be_public_under_two_publishers() {
        Path files = original();
        publish(author, "past", files, Visibility.PUBLIC);
        assertThatThrownBy(() -> publish(other, "mine", files, Visibility.PUBLIC))
                .isInstanceOf(PublishingException.class)
                .hasMessageContaining(author.name + "/past");
        publish(other, "mine", files, Visibility.PRIVATE);
        assertThat(finding(other, files, DuplicateCheck.EXACT).code()).isEqualTo("published-by-others");
    }

    @Test
    void publishing_the_own_weights_again_is_reported_but_allowed() {
        Path files = original();
        publish(author, "past", files, Visibility.PUBLIC);
        assertThat(finding(author, files, DuplicateCheck.EXACT).message())
                .isEqualTo("You have published these weights as %s/past 1.0.0.".formatted(author.name));
        publish(author, "again", files, Visibility.PUBLIC);
    }

    @Test
    void others_private_adapters_stay_unknown() {
        Path files = original();
        publish(author, "past", files, Visibility.PRIVATE);
        publish(author, "copy", scaled(files), Visibility.UNLISTED);
        assertThat(results(other, files, Optional.empty()))
                .extracting(CheckResult::state)
                .containsExactly(State.PASSED, State.PASSED);
    }

    @Test
    void weights_that_moderation_took_down_are_refused_to_who_published_them() {
        Path files = original();
        AdapterVersion version = publish(author, "past", files, Visibility.PUBLIC);
        takeDown(version);
        assertThat(results(author, files, Optional.empty()).get(0).state()).isEqualTo(State.FAILED);
        assertThat(results(other, files, Optional.empty()).get(0).state()).isEqualTo(State.PASSED);
    }

    @Test
    void deleting_an_adapter_does_not_undo_its_take_down() {
        Path files = original();
        AdapterVersion version = publish(author, "past", files, Visibility.PUBLIC);
        takeDown(version);
        delete(version);

        assertThat(finding(author, files, DuplicateCheck.EXACT).message())
                .isEqualTo("Moderators took these weights down as %s/past, which was deleted since."
                        .formatted(author.name));
        assertThat(results(author, files, Optional.empty()).get(0).state()).isEqualTo(State.FAILED);
        assertThat(results(other, files, Optional.empty()).get(0).state()).isEqualTo(State.PASSED);

        Path others = anotherAdapter();
        delete(publish(author, "sound", others, Visibility.PUBLIC));
        assertThat(results(author, others, Optional.empty()).get(0).state()).isEqualTo(State.PASSED);
    }

    @Test
    void a_rescaled_copy_is_called_by_the_name_of_the_original() {
        Path files = original();
        publish(author, "past", files, Visibility.PUBLIC);
        CheckFinding finding = finding(other, scaled(files), DuplicateCheck.NEAR);
        assertThat(finding.subject()).isEqualTo(author.name + "/past");
        assertThat(finding.message()).contains("100\u00a0% alike");
    }

    @Test
    void fingerprints_of_an_older_release_are_found_once_they_are_renewed() {
        Path files = original();
        AdapterVersion version = publish(author, "past", files, Visibility.PUBLIC);
        age(version);
        Path copy = scaled(files);
        assertThat(results(other, copy, Optional.empty()).get(1).state()).isEqualTo(State.PASSED);

        while (duplicates.renew() > 0) {}

        assertThat(finding(other, copy, DuplicateCheck.NEAR).subject()).isEqualTo(author.name + "/past");
    }

    @Test
    void near_duplicates_are_recorded_again_with_renewed_fingerprints() {
        Path files = original();
        AdapterVersion first = publish(author, "past", files, Visibility.PUBLIC);
        AdapterVersion copy = publish(other, "mine", scaled(files), Visibility.PUBLIC);
        AdapterVersion unlike = publish(other, "unlike", anotherAdapter(), Visibility.PUBLIC);
        List.of(first, copy, unlike).forEach(this::age);
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(
                                "update near_duplicate set version_id = :unlike, similarity = 0.5 where version_id = :copy")
                        .setParameter("unlike", unlike.id)
                        .setParameter("copy", copy.id)
                        .executeUpdate());

        while (duplicates.renew() > 0) {}

        assertThat(noted(copy)).containsExactly(first.id);
        assertThat(noted(unlike)).isEmpty();
        assertThat(noted(first)).isEmpty();
    }

    @Test
    void the_oldest_of_equals_is_named() {
        Path files = original();
        publish(author, "past", files, Visibility.PUBLIC);
        Path copy = scaled(files);
        publish(other, "copy", copy, Visibility.PUBLIC);
        Path third = Disguise.ROTATED.copy(files, dir, "third-" + author.id);
        assertThat(finding(other, third, DuplicateCheck.NEAR).subject()).isEqualTo(author.name + "/past");
    }

    @Test
    void a_new_version_is_not_a_duplicate_of_the_older_one() {
        Path files = original();
        AdapterVersion version = publish(author, "past", files, Visibility.PUBLIC);
        List<CheckResult> results = results(author, scaled(files), Optional.of(version.adapter));
        assertThat(results).extracting(CheckResult::state).containsExactly(State.PASSED, State.PASSED);
    }

    @Test
    void moderation_sees_who_is_like_whom() {
        Path files = original();
        AdapterVersion first = publish(author, "past", files, Visibility.PRIVATE);
        AdapterVersion copy = publish(other, "mine", scaled(files), Visibility.PUBLIC);
        assertThat(noted(copy)).containsExactly(first.id);
        assertThat(noted(publish(author, "past", anotherAdapter(), Visibility.PUBLIC)))
                .isEmpty();
    }

    @Test
    void a_fingerprint_goes_with_its_file() {
        AdapterVersion version = publish(author, "past", original(), Visibility.PUBLIC);
        String sha256 = version.files.get("adapter_model.safetensors");
        QuarkusTransaction.requiringNew().run(() -> {
            AdapterVersion.deleteById(version.id);
            database.createNativeQuery("delete from blob where sha256 = :sha256")
                    .setParameter("sha256", sha256)
                    .executeUpdate();
        });
        assertThat(database.createNativeQuery("select count(*) from fingerprint where sha256 = :sha256", Long.class)
                        .setParameter("sha256", sha256)
                        .getSingleResult())
                .isEqualTo(0L);
    }

    private AdapterVersion publish(Person person, String name, Path files, Visibility visibility) {
        hub.actAs(person);
        return publishing.publish(
                aPublication(person, files).named(name).visible(visibility).build());
    }

    private CheckFinding finding(Person person, Path files, String check) {
        return results(person, files, Optional.empty()).stream()
                .filter(r -> r.id().equals(check))
                .flatMap(r -> r.findings().stream())
                .findFirst()
                .orElseThrow();
    }

    private List<CheckResult> results(Person person, Path files, Optional<Adapter> target) {
        CheckReport checkup = CheckReport.of(files, Optional.empty(), "");
        String sha256 =
                checkup.facts().path("sha256").path("adapter_model.safetensors").asText();
        Optional<List<FingerprintIndex.Similar>> similar =
                checkup.fingerprint().map(print -> fingerprints.near(sha256, print));
        return QuarkusTransaction.requiringNew()
                .call(() -> check.check(Optional.of(sha256), similar, Publisher.of(person), target, List.of()));
    }

    /** As an earlier release stored its fingerprint. */
    private void age(AdapterVersion version) {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(
                                "update fingerprint set buckets = array[1, 2] where sha256 = :sha256")
                        .setParameter("sha256", version.files.get("adapter_model.safetensors"))
                        .executeUpdate());
    }

    private void takeDown(AdapterVersion version) {
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter adapter = Adapter.findById(version.adapter.id);
            adapter.state = AdapterState.TAKEN_DOWN;
            adapter.stateReason = "Spam.";
        });
    }

    private void delete(AdapterVersion version) {
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter adapter = Adapter.findById(version.adapter.id);
            deletions.fire(new AdapterDeletionEvent(adapter));
            adapter.delete();
        });
    }

    private List<Long> noted(AdapterVersion version) {
        return database.createNativeQuery("select other_id from near_duplicate where version_id = :id", Long.class)
                .setParameter("id", version.id)
                .getResultList();
    }

    private Path original() {
        return anAdapter().seeded(author.id).ofShape(20, 30).in(dir, "original");
    }

    private Path anotherAdapter() {
        return anAdapter().seeded(-author.id).ofShape(20, 30).in(dir, "another");
    }

    /** The same changes times 3, in factors of another rank. */
    private Path scaled(Path files) {
        SortedMap<String, LoraModule> modules = new TreeMap<>();
        try (io.lorahub.engine.lora.LoraAdapter adapter = io.lorahub.engine.lora.LoraAdapter.load(files)) {
            adapter.modules()
                    .forEach((name, m) -> modules.put(name, LoraModule.linear(name, m.a(), m.b(), 3 * m.scale())));
            Path copy = dir.resolve("copy");
            AdapterWriter.write(copy, "tiny-t5", modules, Map.of());
            return copy;
        }
    }
}
