package io.lorahub.composition;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.Secret;
import io.lorahub.account.Viewer;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Uuids;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;

/** Whose runs the viewer's are, and which others may be seen; docs/permissions.md is the same as a table. */
@RequestScoped
public class RunRights {

    private final Viewer viewer;
    private final CurrentVertxRequest request;
    private final BrowserContext browser;
    private final CompositionConfig limits;

    RunRights(Viewer viewer, CurrentVertxRequest request, BrowserContext browser, CompositionConfig limits) {
        this.viewer = viewer;
        this.request = request;
        this.browser = browser;
        this.limits = limits;
    }

    /** Empty for a visitor who has never started a run. */
    public Optional<RunOwner> owner() {
        return viewer.person()
                .map(RunOwner::member)
                .or(() -> VisitorCookie.of(request.getCurrent().request()).map(RunOwner::visitor));
    }

    /**
     * Does something as the viewer, and leads to where it is seen. A visitor gets a cookie by which it is found again.
     *
     * @param work gives the address
     */
    Response seeOther(Function<RunOwner, URI> work) {
        Optional<RunOwner> known = owner();
        if (known.isPresent()) return Response.seeOther(work.apply(known.get())).build();
        Secret secret = Secret.random("");
        return Response.seeOther(work.apply(RunOwner.visitor(VisitorCookie.hash(secret))))
                .cookie(VisitorCookie.of(secret, limits.visitorRuns(), browser.isSecure()))
                .build();
    }

    /** @throws ProblemException not found, also for what the viewer may not know of */
    public CompositionRun visible(String id) {
        return find(id).filter(this::maySee).orElseThrow(() -> ProblemException.notFound("run"));
    }

    public boolean maySee(CompositionRun run) {
        return run.shared || owns(run) || viewer.isAdmin();
    }

    /**
     * For what changes a run: its owner, or an admin.
     *
     * @throws UnauthorizedException for a visitor, whose run it may be once they have signed in
     */
    public CompositionRun own(String id) {
        CompositionRun run = visible(id);
        if (!owns(run) && !viewer.isAdmin()) {
            viewer.require();
            throw ProblemException.forbidden("“%s” is somebody else's run; fork it instead.".formatted(run.title));
        }
        return run;
    }

    /** For what goes on after the request. */
    RunAccess access() {
        return new RunAccess(
                viewer.id(),
                viewer.id().isPresent()
                        ? Optional.empty()
                        : VisitorCookie.of(request.getCurrent().request()),
                viewer.isAdmin());
    }

    public boolean owns(CompositionRun run) {
        return owner().map(owner -> owner.owns(run)).orElse(false);
    }

    Optional<CompositionRun> find(String id) {
        return Uuids.parse(id).flatMap(run -> CompositionRun.findByIdOptional(run));
    }
}
