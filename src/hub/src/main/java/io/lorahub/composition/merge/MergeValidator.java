package io.lorahub.composition.merge;

import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Layer;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.request.RunValidator;
import io.lorahub.composition.task.MergeTask;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.merge.MajoritySign;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.web.FieldError;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Finds everything that is wrong with a merge before a worker begins, as far as that is known without the files. */
@ApplicationScoped
class MergeValidator {

    private static final double LARGEST_WEIGHT = 100;
    private static final int LARGEST_RANK = 4096;
    private static final String CANDIDATES = "candidates";

    private final RunValidator runs;

    MergeValidator(RunValidator runs) {
        this.runs = runs;
    }

    /**
     * The task; empty if anything is wrong.
     *
     * @param causes the faults of the request; receives the errors found
     */
    Optional<TaskRequest.Merge> check(MergeRequest request, List<FieldError> causes) {
        List<AdapterVersion> versions = versions(request, causes);
        Optional<BaseModelRecord> base = Optional.ofNullable(
                versions.isEmpty() ? null : RunValidator.baseModel(Optional.empty(), versions, causes));
        weights(request, causes);
        Optional<MergeMethod> method = method(request.method(), causes);
        checkSign(request.majoritySignMethod(), causes);
        if (request.rank() != null && (request.rank() < 1 || request.rank() > LARGEST_RANK)) {
            causes.add(new FieldError("rank", "The rank is 1 to %,d.".formatted(LARGEST_RANK)));
        }
        method.ifPresent(m -> parameters(m, request, causes));
        method.filter(MergeMethod::needsEqualRanks)
                .flatMap(m -> differing(m, versions))
                .ifPresent(why -> causes.add(new FieldError(CANDIDATES, why)));
        if (!causes.isEmpty() || base.isEmpty() || method.isEmpty()) return Optional.empty();
        List<TaskRequest.Part> parts = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            AdapterVersion version = versions.get(i);
            parts.add(new TaskRequest.Part(
                    version.id,
                    version.adapter.address() + "@" + version.label,
                    request.weights().get(i)));
        }
        return Optional.of(new TaskRequest.Merge(
                base.get().name,
                parts,
                method.get().toString(),
                request.density(),
                request.majoritySignMethod(),
                request.seed(),
                request.rank()));
    }

    private List<AdapterVersion> versions(MergeRequest request, List<FieldError> causes) {
        if (request.adapters().size() < 2) {
            causes.add(new FieldError(CANDIDATES, "Pick at least two adapters, and give each a weight."));
            return List.of();
        }
        List<AdapterVersion> versions = runs.candidates(request.adapters(), causes);
        versions.stream()
                .filter(version -> version.files.isEmpty())
                .forEach(version -> causes.add(new FieldError(
                        CANDIDATES, "The adapter %s has no files.".formatted(version.adapter.address()))));
        return versions;
    }

    private static void weights(MergeRequest request, List<FieldError> causes) {
        List<Double> weights = request.weights();
        if (weights.stream().anyMatch(Objects::isNull)) return; // said already
        if (weights.stream().anyMatch(w -> !(Math.abs(w) <= LARGEST_WEIGHT))) {
            causes.add(new FieldError(
                    "weights", "A weight is a number from −%1$.0f to %1$.0f.".formatted(LARGEST_WEIGHT)));
        } else if (!weights.isEmpty() && weights.stream().allMatch(w -> w == 0)) {
            causes.add(new FieldError("weights", "All weights are 0, so the mix would be the base model."));
        }
    }

    private static Optional<MergeMethod> method(String name, List<FieldError> causes) {
        Optional<MergeMethod> method = name == null ? Optional.of(MergeMethod.CAT) : MergeTask.method(name);
        if (method.isEmpty()) {
            causes.add(new FieldError(
                    "method",
                    oneOf(
                            Arrays.stream(MergeMethod.values())
                                    .map(MergeMethod::toString)
                                    .toList(),
                            name)));
        }
        return method;
    }

    private static void checkSign(String name, List<FieldError> causes) {
        if (name != null && EnumNames.find(MajoritySign.class, name).isEmpty()) {
            causes.add(new FieldError("majority_sign_method", oneOf(EnumNames.all(MajoritySign.class), name)));
        }
    }

    private static String oneOf(List<String> allowed, String value) {
        String shown = value.length() <= 40 ? value : value.substring(0, 40) + "…";
        return "Use one of %s (got “%s”).".formatted(String.join(", ", allowed), shown);
    }

    /** Each parameter by itself, so that the error is shown beside its field. */
    private static void parameters(MergeMethod method, MergeRequest request, List<FieldError> causes) {
        OptionalDouble some = method.prunes() ? OptionalDouble.of(1) : OptionalDouble.empty();
        OptionalDouble density =
                request.density() == null ? OptionalDouble.empty() : OptionalDouble.of(request.density());
        boolean unread = causes.stream().anyMatch(cause -> cause.field().equals("density"));
        if (!unread) attempt("density", causes, () -> of(method, density, Optional.empty(), OptionalLong.empty()));
        if (request.majoritySignMethod() != null) {
            EnumNames.find(MajoritySign.class, request.majoritySignMethod())
                    .ifPresent(sign -> attempt(
                            "majority_sign_method",
                            causes,
                            () -> of(method, some, Optional.of(sign), OptionalLong.empty())));
        }
        if (request.seed() != null) {
            attempt("seed", causes, () -> of(method, some, Optional.empty(), OptionalLong.of(request.seed())));
        }
    }

    private static void of(MergeMethod method, OptionalDouble density, Optional<MajoritySign> sign, OptionalLong seed) {
        new MergeOperator(method, density, sign, seed);
    }

    private static void attempt(String field, List<FieldError> causes, Runnable check) {
        try {
            check.run();
        } catch (EngineException e) {
            causes.add(new FieldError(field, e.getMessage()));
        }
    }

    /** Why adapters whose ranks differ in a module can't be merged by the method; unknown ranks count as equal. */
    private static Optional<String> differing(MergeMethod method, List<AdapterVersion> versions) {
        Map<String, Layer> layers = new HashMap<>();
        Map<String, AdapterVersion> owners = new HashMap<>();
        for (AdapterVersion version : versions) {
            for (Layer layer : new AdapterFacts(version.facts).layers()) {
                Layer first = layers.putIfAbsent(layer.module(), layer);
                AdapterVersion owner = owners.putIfAbsent(layer.module(), version);
                if (first == null || first.rank() == layer.rank()) continue;
                String others = Arrays.stream(MergeMethod.values())
                        .filter(m -> !m.needsEqualRanks())
                        .map(MergeMethod::toString)
                        .collect(Collectors.joining(", "));
                return Optional.of(
                        "The method %s needs equal ranks, but %s has the rank %d in %s, and %s has %d. Use one of %s, which take any ranks."
                                .formatted(
                                        method,
                                        owner.adapter.address(),
                                        first.rank(),
                                        layer.module(),
                                        version.adapter.address(),
                                        layer.rank(),
                                        others));
            }
        }
        return Optional.empty();
    }
}
