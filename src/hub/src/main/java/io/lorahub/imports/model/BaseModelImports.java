package io.lorahub.imports.model;

import io.lorahub.account.Viewer;
import io.lorahub.audit.Audit;
import io.lorahub.basemodel.BaseModels;
import io.lorahub.basemodel.registration.BaseModelRegistrations;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.imports.source.RepositoryAddress;
import io.lorahub.imports.state.ImportState;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.upkeep.SweepBegins;
import io.lorahub.upload.Upload;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SingleLineText;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Base models that administrators have the hub fetch from other hubs. The callers check the role. */
@ApplicationScoped
public class BaseModelImports {

    private static final int SHOWN = 50;

    private final Viewer viewer;
    private final AllowedHosts hosts;
    private final BaseModels models;
    private final BaseModelRegistrations registrations;
    private final Audit audit;
    private final ImportConfig config;
    private final DatabaseClock clock;
    private final Jobs jobs;

    BaseModelImports(
            Viewer viewer,
            AllowedHosts hosts,
            BaseModels models,
            BaseModelRegistrations registrations,
            Audit audit,
            ImportConfig config,
            DatabaseClock clock,
            Jobs jobs) {
        this.viewer = viewer;
        this.hosts = hosts;
        this.models = models;
        this.registrations = registrations;
        this.audit = audit;
        this.config = config;
        this.clock = clock;
        this.jobs = jobs;
    }

    /** Addresses of the hubs from which models can be imported; empty if imports are off. */
    public List<URI> hubs() {
        return hosts.hubs();
    }

    /** @throws ProblemException if it can't be imported, as far as that is known before the other hub is asked */
    @Transactional
    public BaseModelImport start(BaseModelImportRequest request) {
        RepositoryAddress source = RepositoryAddress.of(request.from(), "from");
        if (source.subfolder().isPresent()) {
            throw ProblemException.invalid("from", "A base model is at the top of its repository, not in a folder.");
        }
        URI hub = hosts.hub(source, request.hub());
        String name = given(request.name()) == null ? source.repository() : given(request.name());
        List<FieldError> faults = new ArrayList<>();
        models.nameFault(name).ifPresent(faults::add);
        faults.addAll(BaseModels.textFaults(request.summary(), request.licence()));
        if (!faults.isEmpty()) throw ProblemException.invalid(faults);
        BaseModelImport.lockName(name);
        BaseModelImport.open(name).ifPresent(open -> {
            throw ProblemException.conflict(
                    "%s is being imported already; wait until that ends, or cancel it.".formatted(name));
        });
        BaseModelImport entry = new BaseModelImport();
        entry.person = viewer.require();
        entry.hub = hub.toString();
        entry.repository = source.repository();
        entry.revision = source.revision();
        entry.token = AllowedHosts.token(request.token());
        entry.name = name;
        entry.summary = given(request.summary()) == null ? "" : SingleLineText.of(request.summary());
        entry.licence = given(request.licence());
        entry.createdAt = clock.now();
        entry.persist();
        audit.log("base-model.import", name, "%s/%s".formatted(hub, entry.repository));
        jobs.add(JobQueue.IMPORTS, BaseModelImportExecution.KIND, entry.id.toString(), 0);
        return entry;
    }

    private static String given(String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    /** The newest imports. */
    public List<BaseModelImport> list() {
        return BaseModelImport.newest(SHOWN);
    }

    /** @throws ProblemException 404 if there is none */
    public BaseModelImport get(UUID id) {
        return BaseModelImport.<BaseModelImport>findByIdOptional(id)
                .orElseThrow(() -> ProblemException.notFound("import"));
    }

    /** Stops it and drops what has arrived. Does nothing if it has ended. */
    @Transactional
    public BaseModelImport cancel(UUID id) {
        BaseModelImport entry = BaseModelImport.locked(id).orElseThrow(() -> ProblemException.notFound("import"));
        if (!entry.getState().isOpen()) return entry;
        if (entry.upload != null) Upload.locked(entry.upload.id).ifPresent(registrations::cancel);
        entry.become(ImportState.CANCELLED, clock.now());
        return entry;
    }

    /** Deletes entries that ended long ago. */
    @Transactional
    void dropOld(@Observes SweepBegins sweep) {
        BaseModelImport.deleteEnded(clock.now().minus(config.keep()));
    }
}
