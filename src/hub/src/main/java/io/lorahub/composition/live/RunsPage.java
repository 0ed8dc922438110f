package io.lorahub.composition.live;

import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.RunState;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The viewer's own runs. A visitor sees the runs that belong to their cookie. */
@Path("/runs")
@Produces(MediaType.TEXT_HTML)
public class RunsPage {

    private final RunRights rights;
    private final RunList list;

    RunsPage(RunRights rights, RunList list) {
        this.rights = rights;
        this.list = list;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance runs(
                RunList.Page page, RunState[] states, RunState state, String before, List<String> picked, String fault);

        private Templates() {}
    }

    @GET
    public TemplateInstance runs(
            @QueryParam("state") Optional<String> state, @QueryParam("before") Optional<String> before) {
        return show(state, before, List.of(), "");
    }

    /**
     * Shows the list, with any runs that were ticked on it and the error that this caused.
     *
     * @param picked ids of the ticked runs
     */
    public TemplateInstance show(Optional<String> state, Optional<String> before, List<String> picked, String fault) {
        RunOwner owner = rights.owner().orElseThrow(() -> new UnauthorizedException("Sign in first."));
        Optional<RunState> one = state.filter(word -> !word.isEmpty()).map(RunsPage::state);
        return Templates.runs(
                list.page(owner, one, before.map(RunsPage::instant)),
                RunState.values(),
                one.orElse(null),
                before.orElse(null),
                picked,
                fault);
    }

    static RunState state(String word) {
        return Arrays.stream(RunState.values())
                .filter(state -> state.word().equals(word))
                .findFirst()
                .orElseThrow(() -> ProblemException.invalid("state", "There is no state “%s”.".formatted(word)));
    }

    static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw ProblemException.invalid("before", "Write a time such as 2026-11-25T10:00:00Z.");
        }
    }
}
