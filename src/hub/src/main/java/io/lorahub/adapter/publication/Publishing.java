package io.lorahub.adapter.publication;

import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.card.CardText;
import io.lorahub.adapter.fingerprint.Duplicates;
import io.lorahub.adapter.fingerprint.FingerprintIndex;
import io.lorahub.audit.Audit;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.security.ForbiddenException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Creates adapters and their versions. No other class does, so that nothing is published unchecked. */
@ApplicationScoped
public class Publishing {

    private final Viewer viewer;
    private final AdapterRights rights;
    private final Duplicates duplicates;
    private final FingerprintIndex fingerprints;
    private final Audit audit;

    Publishing(Viewer viewer, AdapterRights rights, Duplicates duplicates, FingerprintIndex fingerprints, Audit audit) {
        this.viewer = viewer;
        this.rights = rights;
        this.duplicates = duplicates;
        this.fingerprints = fingerprints;
        this.audit = audit;
    }

    /**
     * Publishes for the viewer.
     *
     * @throws PublishingException with everything that prevents publishing; nothing has been changed then
     * @throws ProblemException a conflict, if the newest version has the same files
     * @throws ForbiddenException if the viewer is not a member of the publisher
     */
    @Transactional
    public AdapterVersion publish(Publication p) {
        Person by = viewer.require();
        if (!rights.mayPublishAs(Publisher.findById(p.publisher().id))) {
            throw new ForbiddenException("You are not a member of " + p.publisher().name + ".");
        }
        AdapterVersion version = store(p, by);
        audit.log("adapter.publish", version.adapter.address(), version.label);
        return version;
    }

    /**
     * Publishes for a person whose earlier request had to wait for checks.
     *
     * @throws PublishingException with everything that prevents publishing; nothing has been changed then, and the
     *     caller's transaction can continue
     */
    @Transactional(dontRollbackOn = PublishingException.class)
    public AdapterVersion publishFor(Person by, Publication p) {
        Publisher publisher = Publisher.findById(p.publisher().id);
        if (by.isBanned() || !publisher.hasMember(by)) {
            throw new PublishingException(List.of(
                    new FieldError("publisher", "You cannot publish under the name %s.".formatted(publisher.name))));
        }
        AdapterVersion version;
        try {
            version = store(p, by);
        } catch (ProblemException e) { // an identical version has been published since the request
            throw new PublishingException(List.of(new FieldError("name", e.getMessage())));
        }
        audit.log(by.name, "adapter.publish", version.adapter.address(), version.label);
        return version;
    }

    /** Publishes for LoraHub itself, such as in the demo hub, also what a member has made public before. */
    @Transactional
    public AdapterVersion publishBySystem(Publication p) {
        AdapterVersion version = store(p, null);
        audit.log("system", "adapter.publish", version.adapter.address(), version.label);
        return version;
    }

    /** The existing adapter that would get a new version when something is published under this name. */
    @Transactional
    public Optional<Adapter> existing(Publisher publisher, String name) {
        return Adapter.at(publisher.name, CardText.line(name));
    }

    /**
     * Like {@link #existing}, but locks the adapter, so that it is not deleted before the caller's transaction creates
     * the version.
     */
    @Transactional
    public Optional<Adapter> existingLocked(Publisher publisher, String name) {
        return Adapter.locked(publisher, CardText.line(name));
    }

    /** Everything that prevents publishing regardless of the files' content; empty if nothing does. */
    @Transactional
    public List<FieldError> faultsOfWords(Publication p) {
        Optional<Adapter> existing = Adapter.at(p.publisher().name, p.name());
        return PublishingRules.faultsOfWords(p, existing, existing.map(Adapter::newest));
    }

    /** Everything that prevents publishing and is known before the files are checked; empty if nothing does. */
    @Transactional
    public List<FieldError> faultsBeforeChecks(Publication p) {
        List<FieldError> faults = new ArrayList<>(faultsOfWords(p));
        Adapter.at(p.publisher().name, p.name())
                .map(Adapter::newest)
                .filter(v -> v.files.equals(p.files()))
                .ifPresent(v -> faults.add(new FieldError("name", same(v))));
        if (p.visibility() == Visibility.PUBLIC) {
            duplicates.whyNotPublic(p.files(), p.publisher()).ifPresent(faults::add);
        }
        return faults;
    }

    /** The proposed label for a publication under this name. */
    @Transactional
    public VersionLabel nextLabel(Publisher publisher, String name) {
        return Adapter.at(publisher.name, name)
                .map(a -> PublishingRules.newestLabel(a.newest()).next())
                .orElse(VersionLabel.FIRST);
    }

    private AdapterVersion store(Publication p, Person by) {
        // Publications of the same publisher wait here: names and version numbers are unique within a publisher.
        Publisher publisher = Publisher.findById(p.publisher().id, LockModeType.PESSIMISTIC_WRITE);
        Optional<Adapter> existing = Adapter.locked(publisher, p.name());
        Optional<AdapterVersion> newest = existing.map(Adapter::newest);
        List<FieldError> faults = new ArrayList<>(PublishingRules.faults(p, existing, newest));
        if (by != null && p.visibility() == Visibility.PUBLIC) {
            duplicates.whyNotPublic(p.files(), publisher).ifPresent(faults::add);
        }
        if (!faults.isEmpty()) throw new PublishingException(faults);
        newest.filter(v -> v.files.equals(p.files())).ifPresent(Publishing::refuseSame);

        Adapter adapter = existing.orElseGet(() -> newAdapter(publisher, p.name()));
        describe(adapter, p);
        if (existing.isEmpty()) adapter.persist();
        AdapterVersion version = new AdapterVersion();
        version.adapter = adapter;
        version.number = newest.map(v -> v.number).orElse(0) + 1;
        version.label = PublishingRules.label(p, newest);
        version.notes = p.notes();
        version.publishedBy = by;
        version.facts = p.checkup().facts();
        version.findings = p.checkup().findings();
        version.files = new TreeMap<>(p.files());
        version.run = p.origin().run();
        version.persistAndFlush();
        storeParts(version, p);
        noteLikeness(version, p);
        return version;
    }

    /** A version must contain something new; the card can be changed without one. */
    private static void refuseSame(AdapterVersion newest) {
        throw ProblemException.conflict(same(newest));
    }

    private static String same(AdapterVersion newest) {
        return "These are already the files of %s %s, its newest version, at /%s?version=%s. Send other files, or edit that adapter's card."
                .formatted(newest.adapter.address(), newest.label, newest.adapter.address(), newest.label);
    }

    private void noteLikeness(AdapterVersion version, Publication p) {
        Duplicates.weights(version.files)
                .ifPresent(sha256 -> p.checkup().fingerprint().ifPresent(f -> fingerprints.store(sha256, f)));
        duplicates.note(version, p.near());
    }

    private static Adapter newAdapter(Publisher publisher, String name) {
        Adapter adapter = new Adapter();
        adapter.publisher = publisher;
        adapter.name = name;
        Repository.at(publisher, name)
                .ifPresent(
                        repository -> { // what moderators asked for still stands
                            adapter.state = repository.state;
                            adapter.stateReason = repository.stateReason;
                        });
        return adapter;
    }

    private static void describe(Adapter adapter, Publication p) {
        p.card().writeTo(adapter);
        AdapterFacts facts = new AdapterFacts(p.checkup().facts());
        adapter.visibility = p.visibility();
        adapter.baseModel = facts.baseModel().orElseThrow();
        adapter.rank = facts.rank();
        adapter.targetModules = new ArrayList<>(facts.targets());
        adapter.updatedAt = Instant.now();
    }

    private static void storeParts(AdapterVersion version, Publication p) {
        p.origin()
                .parts()
                .forEach((part, weight) -> AdapterVersion.getEntityManager()
                        .createNativeQuery("""
                                insert into version_part (version_id, part_id, weight, group_weights) values (?1, ?2, ?3,
                                  (select r.result->'layer_weights'->c.address from composition_run r
                                     join composition_candidate c on c.run_id = r.id where r.id = ?4 and c.version_id = ?2))""")
                        .setParameter(1, version.id)
                        .setParameter(2, part)
                        .setParameter(3, weight)
                        .setParameter(4, p.origin().run())
                        .executeUpdate());
    }
}
