package io.lorahub.adapter;

import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
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

/** Makes adapters and their versions. The only place that does, so that nothing unchecked is ever published. */
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
     * By who is looking.
     *
     * @throws PublishingException with everything that speaks against it; then nothing was changed
     * @throws ProblemException     a conflict, if it has the files of the newest version
     * @throws ForbiddenException  if the viewer is no member of the publisher
     */
    @Transactional
    public AdapterVersion publish(Publication p) {
        Person by = viewer.require();
        if (!rights.mayPublishAs(Publisher.findById(p.publisher().id))) {
            throw new ForbiddenException("You are no member of " + p.publisher().name + ".");
        }
        AdapterVersion version = store(p, by);
        audit.log("adapter.publish", version.adapter.address(), version.label);
        return version;
    }

    /**
     * By who asked for it a moment ago, when it could not be done yet.
     *
     * @throws PublishingException with everything that speaks against it; then nothing was changed, and the caller's
     *     transaction may go on
     */
    @Transactional(dontRollbackOn = PublishingException.class)
    public AdapterVersion publishFor(Person by, Publication p) {
        Publisher publisher = Publisher.findById(p.publisher().id);
        if (by.isBanned() || publisher.members.stream().noneMatch(member -> member.id.equals(by.id))) {
            throw new PublishingException(List.of(
                    new FieldError("publisher", "You cannot publish under the name %s.".formatted(publisher.name))));
        }
        AdapterVersion version;
        try {
            version = store(p, by);
        } catch (ProblemException e) { // it has become the newest version since it was asked for
            throw new PublishingException(List.of(new FieldError("name", e.getMessage())));
        }
        audit.log(by.name, "adapter.publish", version.adapter.address(), version.label);
        return version;
    }

    /** By LoraHub itself, as it does with its demo hub. */
    @Transactional
    public AdapterVersion publishBySystem(Publication p) {
        AdapterVersion version = store(p, null);
        audit.log("system", "adapter.publish", version.adapter.address(), version.label);
        return version;
    }

    /** The adapter of which something of this name becomes a new version. */
    @Transactional
    public Optional<Adapter> existing(Publisher publisher, String name) {
        return Adapter.at(publisher.name, CardText.line(name));
    }

    /** The same for who makes the version in the caller's transaction: it is not deleted before that. */
    @Transactional
    public Optional<Adapter> existingLocked(Publisher publisher, String name) {
        return Adapter.locked(publisher, CardText.line(name));
    }

    /** What speaks against it whatever its files hold; empty if nothing does. */
    @Transactional
    public List<FieldError> faultsOfWords(Publication p) {
        Optional<Adapter> existing = Adapter.at(p.publisher().name, p.name());
        return PublishingRules.faultsOfWords(p, existing, existing.map(Adapter::newest));
    }

    /** What speaks against it before its files are checked; empty if nothing does. */
    @Transactional
    public List<FieldError> foreseen(Publication p) {
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

    /** The label to propose to who publishes under this name. */
    @Transactional
    public VersionLabel nextLabel(Publisher publisher, String name) {
        return Adapter.at(publisher.name, name)
                .map(a -> PublishingRules.newestLabel(a.newest()).next())
                .orElse(VersionLabel.FIRST);
    }

    private AdapterVersion store(Publication p, Person by) {
        // Whoever publishes under the same publisher waits here: names and version numbers are theirs alone.
        Publisher publisher = Publisher.findById(p.publisher().id, LockModeType.PESSIMISTIC_WRITE);
        Optional<Adapter> existing = Adapter.locked(publisher, p.name());
        Optional<AdapterVersion> newest = existing.map(Adapter::newest);
        List<FieldError> faults = new ArrayList<>(PublishingRules.faults(p, existing, newest));
        if (p.visibility() == Visibility.PUBLIC) {
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

    /** A version says that something is new. What is said of an adapter is changed without one. */
    private static void refuseSame(AdapterVersion newest) {
        throw ProblemException.conflict(same(newest));
    }

    private static String same(AdapterVersion newest) {
        return "These are the files of %s %s, its newest version, which is at /%s?version=%s; send other files, or change the card of that adapter."
                .formatted(newest.adapter.address(), newest.label, newest.adapter.address(), newest.label);
    }

    private void noteLikeness(AdapterVersion version, Publication p) {
        Duplicates.weights(version.files)
                .ifPresent(sha256 -> p.checkup().fingerprint().ifPresent(f -> fingerprints.keep(sha256, f)));
        duplicates.note(version, p.near());
    }

    private static Adapter newAdapter(Publisher publisher, String name) {
        Adapter adapter = new Adapter();
        adapter.publisher = publisher;
        adapter.name = name;
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
                        .createNativeQuery("insert into version_part (version_id, part_id, weight) values (?1, ?2, ?3)")
                        .setParameter(1, version.id)
                        .setParameter(2, part)
                        .setParameter(3, weight)
                        .executeUpdate());
    }
}
