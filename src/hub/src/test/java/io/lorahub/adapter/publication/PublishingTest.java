package io.lorahub.adapter.publication;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.PublicationBuilder.aPublication;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.audit.AuditEntry;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.Cards;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.FieldError;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.security.ForbiddenException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class PublishingTest {

    private final Hub hub;
    private final Publishing publishing;

    @TempDir
    Path dir;

    private Person owner;
    private Publisher publisher;

    PublishingTest(Hub hub, Publishing publishing) {
        this.hub = hub;
        this.publishing = publishing;
    }

    @BeforeEach
    void signIn() {
        owner = hub.person(Role.MEMBER);
        publisher = QuarkusTransaction.requiringNew()
                .call(() -> Publisher.named(owner.name).orElseThrow());
        hub.actAs(owner);
    }

    @Test
    void the_first_version_makes_the_adapter() {
        AdapterVersion version = publishing.publish(publication("", anAdapter().ofRank(3)));
        Adapter adapter = adapterNamed("past");
        assertThat(version.label).isEqualTo("1.0.0");
        assertThat(version.number).isEqualTo(1);
        assertThat(adapter.title).isEqualTo("Regular past tense");
        assertThat(adapter.rank).isEqualTo(3);
        assertThat(adapter.targetModules).containsExactly("q", "v");
        assertThat(adapter.baseModel).isEqualTo("tiny-t5");
        assertThat(adapter.visibility).isEqualTo(Visibility.PUBLIC);
    }

    @Test
    void a_second_one_leaves_the_first_and_its_files_alone() {
        publishing.publish(publication("1.0.0", anAdapter().ofRank(2)));
        publishing.publish(publication("1.1.0", anAdapter().ofRank(4)));
        QuarkusTransaction.requiringNew().run(() -> {
            List<AdapterVersion> versions = AdapterVersion.of(adapterNamed("past"));
            assertThat(versions).extracting(v -> v.label).containsExactly("1.1.0", "1.0.0");
            assertThat(versions.get(0).files).isNotEqualTo(versions.get(1).files);
        });
        assertThat(adapterNamed("past").rank).isEqualTo(4);
    }

    @Test
    void a_label_has_to_come_after_the_newest() {
        publishing.publish(publication("1.2.0", anAdapter()));
        assertThat(causes(publication("1.2.0", anAdapter())))
                .containsExactly(new FieldError(
                        "version", "1.2.0 isn't higher than 1.2.0, the newest version. Use 1.3.0 or higher."));
        assertThat(causes(publication("1.10", anAdapter())))
                .extracting(FieldError::field)
                .containsExactly("version");
        assertThat(publishing.publish(publication("", anAdapter().ofRank(3))).label)
                .isEqualTo("1.3.0");
        assertThat(publishing.publish(publication("1.10.0", anAdapter().ofRank(4))).label)
                .isEqualTo("1.10.0");
    }

    @Test
    void an_upload_that_has_not_passed_is_refused() {
        assertThat(causes(publication("", anAdapter().with("use_dora", "true"))))
                .extracting(FieldError::message)
                .singleElement()
                .asString()
                .contains("Plain LoRA");
        assertThat(Adapter.at(publisher.name, "past")).isEmpty();
    }

    @Test
    void all_that_is_wrong_is_told_at_once() {
        Publication wrong = aPublication(owner, anAdapter().in(dir, "wrong"))
                .named("No Name")
                .withCard(Cards.titled(""))
                .labelled("one")
                .noted("x".repeat(4001))
                .build();
        assertThat(causes(wrong)).extracting(FieldError::field).containsExactly("name", "version", "notes", "title");
    }

    @Test
    void nobody_publishes_under_the_name_of_others() {
        hub.actAs(hub.person(Role.ADMIN));
        Publication foreign = publication("", anAdapter());
        assertThatThrownBy(() -> publishing.publish(foreign)).isInstanceOf(ForbiddenException.class);
        hub.actAs(null);
        assertThatThrownBy(() -> publishing.publish(foreign))
                .isInstanceOf(io.quarkus.security.UnauthorizedException.class);
    }

    /** Otherwise a member who uploads an adapter of the demo would keep a hub from starting that has yet to load it. */
    @Test
    void LoraHub_itself_publishes_what_a_member_has_made_public() {
        AdapterBuilder weights = anAdapter().seeded(owner.id);
        publishing.publish(publication("", weights));
        Person other = hub.person(Role.MEMBER);
        Publication same = aPublication(other, weights.in(dir, "same")).build();

        assertThat(publishing.publishBySystem(same).adapter.visibility).isEqualTo(Visibility.PUBLIC);

        hub.actAs(other);
        assertThat(causes(same)).extracting(FieldError::field).contains("visibility");
    }

    @Test
    void a_taken_down_adapter_gets_no_new_version() {
        publishing.publish(publication("", anAdapter()));
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter adapter = adapterNamed("past");
            adapter.state = AdapterState.TAKEN_DOWN;
            adapter.stateReason = "Spam.";
        });
        assertThat(causes(publication("2.0.0", anAdapter())))
                .extracting(FieldError::field)
                .containsExactly("name");
    }

    @Test
    void every_publication_is_in_the_audit_log() {
        publishing.publish(publication("", anAdapter()));
        assertThat(AuditEntry.<AuditEntry>list("subject", publisher.name + "/past"))
                .extracting(e -> e.actor, e -> e.action, e -> e.detail)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(owner.name, "adapter.publish", "1.0.0"));
    }

    @Test
    void of_two_who_publish_the_same_label_at_once_one_is_told_why_not() throws Exception {
        Publication publication = publication("1.0.0", anAdapter());
        CyclicBarrier start = new CyclicBarrier(2);
        ExecutorService both = Executors.newFixedThreadPool(2);
        Callable<Boolean> one = () -> {
            start.await();
            try {
                publishing.publishBySystem(publication);
                return true;
            } catch (PublishingException e) {
                assertThat(e.causes()).extracting(FieldError::field).containsExactly("version");
                return false;
            }
        };
        List<Future<Boolean>> outcomes = List.of(both.submit(one), both.submit(one));
        assertThat(List.of(outcomes.get(0).get(), outcomes.get(1).get())).containsExactlyInAnyOrder(true, false);
        both.shutdown();
    }

    private List<FieldError> causes(Publication p) {
        try {
            publishing.publish(p);
            return List.of();
        } catch (PublishingException e) {
            return e.causes();
        }
    }

    private Adapter adapterNamed(String name) {
        return Adapter.at(publisher.name, name).orElseThrow();
    }

    private Publication publication(String label, AdapterBuilder adapter) {
        Path folder = adapter.seeded(owner.id).in(dir, "a" + dir.toFile().list().length);
        return aPublication(owner, folder).labelled(label).build();
    }
}
