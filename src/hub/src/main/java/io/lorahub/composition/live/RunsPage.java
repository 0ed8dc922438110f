package io.lorahub.composition.live;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.RunState;
import io.lorahub.composition.request.RunService;
import io.lorahub.web.Format;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The viewer's own runs. A visitor sees the runs that belong to their cookie. */
@Path("/runs")
@Produces(MediaType.TEXT_HTML)
public class RunsPage {

    private static final int LONGEST_WORDS = 200;

    private final RunRights rights;
    private final RunList list;
    private final RunService runs;

    RunsPage(RunRights rights, RunList list, RunService runs) {
        this.rights = rights;
        this.list = list;
        this.runs = runs;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance runs(
                RunList.Page page, RunState[] states, Part part, RunState state, List<String> picked, String fault);

        private Templates() {}
    }

    /**
     * The part of the list that is shown, as its address says.
     *
     * @param q words to search for
     */
    public record Part(Optional<String> state, Optional<String> before, Optional<String> q) {

        RunList.Query query() {
            return new RunList.Query(
                    state.filter(word -> !word.isEmpty()).map(RunsPage::state),
                    before.filter(time -> !time.isEmpty()).map(RunsPage::instant),
                    words());
        }

        public String words() {
            String words = q.orElse("").strip();
            return words.length() <= LONGEST_WORDS ? words : words.substring(0, LONGEST_WORDS);
        }

        /** Address of the list of runs in all states. */
        public String all() {
            return address(null, null);
        }

        /** Address of the list of runs in a state. */
        public String in(RunState one) {
            return address(one, null);
        }

        /** Address of the next part of this list. */
        public String older(Instant than) {
            return address(query().state().orElse(null), than);
        }

        private String address(RunState one, Instant than) {
            UriBuilder address = UriBuilder.fromPath("/runs");
            if (one != null) address.queryParam("state", one.word());
            if (than != null) address.queryParam("before", than);
            if (words().isEmpty()) return address.build().toString();
            return address.queryParam("q", "{words}").build(words()).toString();
        }
    }

    @GET
    public TemplateInstance runs(
            @QueryParam("state") Optional<String> state,
            @QueryParam("before") Optional<String> before,
            @QueryParam("q") Optional<String> q) {
        return show(new Part(state, before, q), List.of(), "");
    }

    /**
     * Shows the list, with any runs that were ticked on it and the error that this caused.
     *
     * @param picked ids of the ticked runs
     */
    public TemplateInstance show(Part part, List<String> picked, String fault) {
        RunOwner owner = rights.owner().orElseThrow(() -> new UnauthorizedException("Sign in first."));
        RunList.Query query = part.query();
        return Templates.runs(
                list.page(owner, query), RunState.values(), part, query.state().orElse(null), picked, fault);
    }

    /** Deletes the ticked runs, except those that wait or run. */
    @POST
    public Response delete(
            @FormParam("run") List<String> picked,
            @FormParam("state") Optional<String> state,
            @FormParam("before") Optional<String> before,
            @FormParam("q") Optional<String> q) {
        Part part = new Part(state, before, q);
        List<CompositionRun> all = picked.stream().distinct().map(rights::own).toList();
        List<CompositionRun> ended =
                all.stream().filter(CompositionRun::isDeletable).toList();
        if (ended.isEmpty()) {
            String fault = all.isEmpty()
                    ? "Tick the runs to delete."
                    : "Runs that wait or run can't be deleted; cancel them first.";
            return Response.status(422).entity(show(part, picked, fault)).build();
        }
        ended.forEach(run -> runs.delete(run.id));
        String left = ended.size() == all.size() ? "" : " Those that wait or run are left; cancel them first.";
        return Toast.seeOther(part.older(null), "Deleted %s.%s".formatted(Format.count(ended.size(), "run"), left));
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
