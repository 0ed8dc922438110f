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

/**
 * Decides which runs belong to the viewer and which others they may see; docs/permissions.md has the same rules as a
 * table.
 */
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

    /** The viewer as an owner; empty for a visitor who has never started a run. */
    public Optional<RunOwner> owner() {
        return viewer.person()
                .map(RunOwner::member)
                .or(() -> VisitorCookie.of(request.getCurrent().request()).map(RunOwner::visitor));
    }

    /**
     * Refuses visitors on a hub that computes for members only.
     *
     * @param what they want, such as {@code merge adapters}
     * @throws ProblemException forbidden
     */
    public void requireMayCompute(String what) {
        if (limits.visitors() || viewer.person().isPresent()) return;
        throw ProblemException.forbidden("Sign in to %s: this hub computes only for members.".formatted(what));
    }

    /**
     * Performs an action as the viewer and redirects to its result.
     *
     * @param work returns the address of the result
     */
    public Response seeOther(Function<RunOwner, URI> work) {
        return answer(owner -> Response.seeOther(work.apply(owner)).build());
    }

    /** Performs an action as the viewer. A visitor receives a cookie that identifies them later. */
    public Response answer(Function<RunOwner, Response> work) {
        Optional<RunOwner> known = owner();
        if (known.isPresent()) return work.apply(known.get());
        Secret secret = Secret.random("");
        return Response.fromResponse(work.apply(RunOwner.visitor(VisitorCookie.hash(secret))))
                .cookie(VisitorCookie.of(secret, limits.visitorRuns(), browser.isSecure()))
                .build();
    }

    /** @throws UnauthorizedException for a visitor, on a hub that computes for members only */
    public void requireMayCompose() {
        if (!limits.visitors()) viewer.require();
    }

    /** @throws ProblemException not found, also if the viewer must not know that the run exists */
    public CompositionRun visible(String id) {
        return find(id).filter(this::maySee).orElseThrow(() -> ProblemException.notFound("run"));
    }

    public boolean maySee(CompositionRun run) {
        return run.shared || owns(run) || viewer.isAdmin();
    }

    /**
     * The run, if the viewer may change it as its owner or an admin.
     *
     * @throws UnauthorizedException for a visitor, who may own the run once they have signed in
     */
    public CompositionRun own(String id) {
        CompositionRun run = visible(id);
        if (!owns(run) && !viewer.isAdmin()) {
            viewer.require();
            throw ProblemException.forbidden("“%s” is someone else's run; fork it instead.".formatted(run.title));
        }
        return run;
    }

    /** The viewer's rights for work that continues after the request. */
    public RunAccess access() {
        return new RunAccess(
                viewer.id(),
                viewer.session(),
                viewer.token().map(token -> token.id),
                viewer.id().isPresent()
                        ? Optional.empty()
                        : VisitorCookie.of(request.getCurrent().request()),
                viewer.isAdmin());
    }

    public boolean owns(CompositionRun run) {
        return owner().map(owner -> owner.owns(run)).orElse(false);
    }

    public Optional<CompositionRun> find(String id) {
        return Uuids.parse(id).flatMap(run -> CompositionRun.findByIdOptional(run));
    }
}
