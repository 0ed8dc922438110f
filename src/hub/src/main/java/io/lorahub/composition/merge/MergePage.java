package io.lorahub.composition.merge;

import io.lorahub.adapter.AdapterVersion;
import io.lorahub.browse.candidates.CandidateBasket;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.engine.lora.merge.MajoritySign;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.web.FieldError;
import io.lorahub.web.FormErrors;
import io.lorahub.web.LocalPath;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Merges the candidates without a search. */
@Path("/compose/merge")
@Produces(MediaType.TEXT_HTML)
public class MergePage {

    /** Most merges of small adapters are done within this time, so that the next page shows the result at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final CandidateBasket basket;
    private final Merges merges;
    private final RunRights rights;
    private final WorkerTasks tasks;

    MergePage(CandidateBasket basket, Merges merges, RunRights rights, WorkerTasks tasks) {
        this.basket = basket;
        this.merges = merges;
        this.rights = rights;
        this.tasks = tasks;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance form(
                MergeForm form, List<String> methods, List<String> signs, FormErrors errors);

        static native TemplateInstance show(MergeView merge, Optional<AdapterVersion> published);

        private Templates() {}
    }

    @GET
    @Operation(hidden = true)
    public TemplateInstance form() {
        return form(MergeForm.of(basket.addresses()), FormErrors.NONE);
    }

    private static TemplateInstance form(MergeForm form, FormErrors errors) {
        return Templates.form(
                form,
                Arrays.stream(MergeMethod.values()).map(MergeMethod::toString).toList(),
                EnumNames.all(MajoritySign.class),
                errors);
    }

    @POST
    @Operation(hidden = true)
    public Response start(@BeanParam MergeForm form) {
        try {
            return rights.seeOther(owner -> {
                rights.requireMayCompute("merge adapters");
                List<FieldError> faults = new ArrayList<>();
                UUID id = merges.start(owner, form.request(faults), faults);
                tasks.await(id, PATIENCE);
                return new LocalPath("/compose/merge/" + id).uri();
            });
        } catch (ProblemException e) {
            return FormErrors.show(e, errors -> form(form, errors));
        }
    }

    @GET
    @Path("/{id}")
    @Operation(hidden = true)
    public TemplateInstance show(String id) {
        return Templates.show(merges.of(rights.owner(), id), merges.published(rights.owner(), id));
    }

    /** The form of a merge as it was typed, so that it can be shown again. */
    public static class MergeForm {

        @FormParam("candidate")
        List<String> candidates = List.of();

        /** One for each candidate; an empty one leaves it out. */
        @FormParam("weight")
        List<String> weights = List.of();

        @FormParam("method")
        String method;

        @FormParam("density")
        String density;

        @FormParam("majority_sign_method")
        String sign;

        @FormParam("seed")
        String seed;

        @FormParam("rank")
        String rank;

        /** Each candidate with weight 1. */
        static MergeForm of(List<String> candidates) {
            MergeForm form = new MergeForm();
            form.candidates = candidates;
            form.weights = candidates.stream().map(address -> "1").toList();
            return form;
        }

        /** A line of the form. */
        public record Row(String address, String weight) {}

        public List<Row> rows() {
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < candidates.size(); i++) {
                rows.add(new Row(candidates.get(i), i < weights.size() ? weights.get(i) : ""));
            }
            return rows;
        }

        public String getMethod() {
            return method == null ? "cat" : method;
        }

        public String getDensity() {
            return density;
        }

        public String getSign() {
            return sign == null ? "" : sign;
        }

        public String getSeed() {
            return seed;
        }

        public String getRank() {
            return rank;
        }

        /** @param faults receives an error for each value that can't be read */
        MergeRequest request(List<FieldError> faults) {
            List<String> adapters = new ArrayList<>();
            List<Double> numbers = new ArrayList<>();
            for (Row row : rows()) {
                if (row.weight().isBlank()) continue;
                adapters.add(row.address());
                numbers.add(number("weights", row.weight(), MergeForm::decimal, "numbers such as 0.75", faults));
            }
            return new MergeRequest(
                    adapters,
                    numbers,
                    empty(method) ? null : method,
                    number(
                            "density",
                            density,
                            MergeForm::decimal,
                            "a number above 0 and at most 1, such as 0.5",
                            faults),
                    empty(sign) ? null : sign,
                    number("seed", seed, Long::valueOf, "a whole number, such as 42", faults),
                    number("rank", rank, Integer::valueOf, "a whole number, such as 16", faults));
        }

        private static boolean empty(String text) {
            return text == null || text.isBlank();
        }

        private static Double decimal(String text) {
            return Double.valueOf(text.replace(',', '.'));
        }

        /** null if it is empty, or can't be read. */
        private static <T> T number(
                String field, String typed, Function<String, T> parse, String expected, List<FieldError> faults) {
            if (empty(typed)) return null;
            try {
                return parse.apply(typed.strip().replace('−', '-'));
            } catch (NumberFormatException e) {
                FieldError fault = new FieldError(field, "Use %s.".formatted(expected));
                if (!faults.contains(fault)) faults.add(fault);
                return null;
            }
        }
    }
}
