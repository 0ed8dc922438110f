package io.lorahub.adapter.publication;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.fingerprint.DuplicateCheck;
import io.lorahub.engine.fingerprint.Fingerprint;
import io.lorahub.engine.inspection.Check;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.inspection.CheckResult.State;
import io.lorahub.engine.inspection.Checks;
import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.inspection.InspectionJson;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Facts and findings from an adapter's files, produced by the same code as {@code lorahub inspect}.
 *
 * @param fingerprint empty if the files cannot be used, or if it has already been stored
 * @param facts the "adapter" object of {@code lorahub inspect --json}; empty if the files cannot be read
 */
public record CheckReport(JsonNode facts, List<CheckResult> checks, Optional<Fingerprint> fingerprint) {

    /** Whether others can use the base model's name; only a hub performs this check. */
    public static final String BASE_MODEL = "base-model";

    public static final String BASE_MODEL_TITLE = "The base model is named";

    /** End of a finding's fix, for people who have the upload's page. */
    public static final String OR_CHOOSE_BASE_MODEL = " Or choose the base model on the upload's page.";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param whyNoBase the reason given for skipping the checks that need a base model, if there is none */
    public static CheckReport of(Path folder, Optional<TensorSource> base, String whyNoBase) {
        Inspection inspection = base.map(b -> Inspection.of(folder, b)).orElseGet(() -> Inspection.ofAdapter(folder));
        JsonNode facts =
                inspection.adapter().map(InspectionJson::adapter).orElseGet(JsonNodeFactory.instance::objectNode);
        List<CheckResult> checks = Checks.of(inspection, base.isPresent() ? "" : whyNoBase).stream()
                .map(c -> withoutPaths(c, folder))
                .toList();
        return new CheckReport(facts, checks, inspection.sound() ? fingerprint(folder) : Optional.empty());
    }

    /** A stored report. It has no fingerprint, because that is stored by the hash of the weights. */
    public static CheckReport stored(JsonNode facts, JsonNode findings) {
        List<CheckResult> checks = JSON.convertValue(findings, new TypeReference<>() {});
        return new CheckReport(facts, checks, Optional.empty());
    }

    /** The report before any checks: all of them pending. */
    public static CheckReport pending() {
        List<CheckResult> checks = new ArrayList<>();
        for (Check check : Check.values()) checks.add(CheckResult.pending(check.id(), check.title()));
        checks.add(CheckResult.pending(BASE_MODEL, BASE_MODEL_TITLE));
        checks.addAll(DuplicateCheck.pending());
        return new CheckReport(JsonNodeFactory.instance.objectNode(), List.copyOf(checks), Optional.empty());
    }

    /** This report followed by further checks. */
    public CheckReport and(List<CheckResult> more) {
        List<CheckResult> all = new ArrayList<>(checks);
        all.addAll(more);
        return new CheckReport(facts, List.copyOf(all), fingerprint);
    }

    /** This report with one more fact, a list of texts; without it if the list is empty. */
    public CheckReport with(String fact, List<String> texts) {
        if (texts.isEmpty() || !(facts instanceof ObjectNode own)) return this;
        ObjectNode more = own.deepCopy();
        texts.forEach(more.putArray(fact)::add);
        return new CheckReport(more, checks, fingerprint);
    }

    /** This report without a check that does not concern the adapter itself. */
    public CheckReport without(String id) {
        return new CheckReport(
                facts, checks.stream().filter(check -> !check.id().equals(id)).toList(), fingerprint);
    }

    /** This report without some findings; the states of the checks stay. */
    public CheckReport withoutFindings(Predicate<CheckFinding> unwanted) {
        List<CheckResult> kept = checks.stream()
                .map(check -> new CheckResult(
                        check.id(),
                        check.title(),
                        check.state(),
                        check.note(),
                        check.findings().stream().filter(unwanted.negate()).toList()))
                .toList();
        return new CheckReport(facts, kept, fingerprint);
    }

    public boolean passed() {
        return checks.stream().noneMatch(c -> c.state() == State.FAILED || c.state() == State.PENDING);
    }

    /** The checks in the form stored with a version. */
    public JsonNode findings() {
        return JSON.valueToTree(checks);
    }

    private static Optional<Fingerprint> fingerprint(Path folder) {
        try (io.lorahub.engine.lora.LoraAdapter adapter = io.lorahub.engine.lora.LoraAdapter.load(folder)) {
            return Optional.of(Fingerprint.of(adapter.modules().values()));
        }
    }

    /** Removes paths on the server, which must not be disclosed. */
    private static CheckResult withoutPaths(CheckResult check, Path folder) {
        List<CheckFinding> findings = check.findings().stream()
                .map(f -> new CheckFinding(
                        f.severity(),
                        f.code(),
                        withoutPath(f.subject(), folder),
                        withoutPath(f.message(), folder),
                        f.fix()))
                .toList();
        return new CheckResult(check.id(), check.title(), check.state(), check.note(), findings);
    }

    private static String withoutPath(String text, Path folder) {
        return text.replace(folder + "/", "").replace(folder.toString(), "The adapter");
    }
}
