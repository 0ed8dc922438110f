package io.lorahub.composition;

import io.lorahub.composition.ComposeForm.Candidate;
import io.lorahub.engine.learning.Example;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** The fields of the form as a browser sends them. */
public class RunFormParams {

    /** The button. */
    @RestForm("do")
    String action;

    @RestForm
    String title;

    @RestForm
    String description;

    @RestForm("base_model")
    String baseModel;

    @RestForm
    List<String> input;

    @RestForm
    List<String> output;

    @RestForm
    String pasted;

    @RestForm
    FileUpload file;

    @RestForm("held_out")
    String heldOut;

    @RestForm("held_out_file")
    FileUpload heldOutFile;

    @RestForm
    List<String> listed;

    @RestForm
    List<String> why;

    @RestForm
    List<String> candidate;

    @RestForm
    String find;

    @RestForm
    String tag;

    @RestForm
    String budget;

    @RestForm
    String strategy;

    @RestForm
    String composition;

    @RestForm
    String objective;

    @RestForm
    String lower;

    @RestForm
    String upper;

    @RestForm
    String l1;

    @RestForm
    String seed;

    @RestForm
    String dtype;

    @RestForm("max_new_tokens")
    String maxNewTokens;

    @RestForm
    String from;

    @RestForm
    String known;

    @RestForm
    String suggestion;

    String action() {
        return or(action, "");
    }

    ComposeForm form() {
        TypedSettings usual = TypedSettings.DEFAULT;
        return new ComposeForm(
                or(title, ""),
                or(description, ""),
                or(baseModel, ""),
                examples(),
                or(pasted, ""),
                or(heldOut, ""),
                candidates(),
                or(find, ""),
                new TypedSettings(
                        or(budget, usual.budget()),
                        or(strategy, usual.strategy()),
                        or(composition, usual.composition()),
                        or(objective, usual.objective()),
                        or(lower, usual.lower()),
                        or(upper, usual.upper()),
                        or(l1, usual.l1()),
                        or(seed, usual.seed()),
                        or(dtype, usual.dtype()),
                        or(maxNewTokens, usual.maxNewTokens())),
                id(from),
                or(known, ""),
                id(suggestion));
    }

    private List<Example> examples() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; input != null && output != null && i < Math.min(input.size(), output.size()); i++) {
            // browsers send line breaks of forms as CR LF
            examples.add(new Example(
                    input.get(i).replace("\r\n", "\n"), output.get(i).replace("\r\n", "\n")));
        }
        return examples;
    }

    private List<Candidate> candidates() {
        Set<String> chosen = candidate == null ? Set.of() : new HashSet<>(candidate);
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; listed != null && i < listed.size(); i++) {
            String reason = why != null && i < why.size() ? why.get(i) : "";
            candidates.add(new Candidate(listed.get(i), reason, chosen.contains(listed.get(i))));
        }
        return candidates;
    }

    private static Optional<UUID> id(String text) {
        try {
            return text == null || text.isBlank() ? Optional.empty() : Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String or(String text, String otherwise) {
        return text == null ? otherwise : text;
    }
}
