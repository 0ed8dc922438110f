package io.lorahub.composition;

import io.lorahub.browse.Basket;
import io.lorahub.composition.ComposeForm.Candidate;
import io.lorahub.engine.learning.Example;
import io.lorahub.examples.ExamplesException;
import io.lorahub.examples.PastedExamples;
import io.lorahub.web.Cause;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** What the buttons of the form do beside starting: each works without scripts. */
@ApplicationScoped
public class ComposeChanges {

    /** Adapters that a search lists. */
    private static final int FOUND = 20;

    /** A file of examples has no more bytes. */
    private static final long LARGEST = 900_000;

    private final Basket basket;
    private final CandidateFinder finder;
    private final CompositionConfig limits;

    ComposeChanges(Basket basket, CandidateFinder finder, CompositionConfig limits) {
        this.basket = basket;
        this.finder = finder;
        this.limits = limits;
    }

    /** @param place of the page where the change is seen */
    record Changed(ComposeForm form, String place) {}

    /** The form with what lies in the basket. */
    ComposeForm arrived(ComposeForm form) {
        return form.with(basket.adapters().stream()
                .map(adapter -> new Candidate(adapter.address(), "From your candidates", true))
                .toList());
    }

    /** @throws ProblemException for texts that cannot be read; the form stays as it was */
    Changed apply(ComposeForm form, SentForm sent) {
        String action = sent.action();
        if (action.startsWith("remove-")) return new Changed(without(form, action.substring(7)), "task");
        return switch (action) {
            case "add" -> new Changed(form.withExamples(plus(form.rows(), new Example("", ""))), "task");
            case "paste" -> new Changed(pasted(form, sent), "task");
            case "held-out" -> new Changed(withHeldOutFile(form, sent), "held-out");
            case "split" -> new Changed(split(form), "held-out");
            case "find" ->
                new Changed(
                        form.with(candidates(
                                finder.withText(form.baseModel(), text(sent.find), FOUND),
                                "Found by “%s”".formatted(text(sent.find)),
                                false)),
                        "candidates");
            case "tag" ->
                new Changed(
                        form.with(candidates(
                                finder.withTag(form.baseModel(), text(sent.tag), limits.candidates()),
                                "Tagged " + text(sent.tag),
                                true)),
                        "candidates");
            case "defaults" -> new Changed(form.withSettings(TypedSettings.DEFAULT), "settings");
            default -> new Changed(form, "main");
        };
    }

    private static String text(String sent) {
        return sent == null ? "" : sent.strip();
    }

    private static List<Candidate> candidates(List<String> addresses, String why, boolean chosen) {
        return addresses.stream()
                .map(address -> new Candidate(address, why, chosen))
                .toList();
    }

    private static ComposeForm without(ComposeForm form, String row) {
        List<Example> rows = new ArrayList<>(form.examples());
        if (row.matches("\\d{1,4}") && Integer.parseInt(row) < rows.size()) rows.remove(Integer.parseInt(row));
        return form.withExamples(rows);
    }

    private static <T> List<T> plus(List<T> list, T last) {
        return Stream.concat(list.stream(), Stream.of(last)).toList();
    }

    private ComposeForm pasted(ComposeForm form, SentForm sent) {
        List<Example> more = new ArrayList<>(form.filled());
        more.addAll(read("pasted", "Pasted rows", text(sent.pasted)));
        if (isSent(sent.file)) more.addAll(read("file", sent.file.fileName(), content("file", sent.file)));
        return form.withExamples(more);
    }

    private ComposeForm withHeldOutFile(ComposeForm form, SentForm sent) {
        if (!isSent(sent.heldOutFile)) return form;
        List<Example> read = read("held_out", sent.heldOutFile.fileName(), content("held_out", sent.heldOutFile));
        return form.withHeldOut(PastedExamples.write(read));
    }

    /** Five at random stay as examples; the others are held out, so that they say something about the result. */
    private static ComposeForm split(ComposeForm form) {
        List<Example> all = new ArrayList<>(form.filled());
        if (all.size() <= ComposeForm.ROWS) return form;
        Collections.shuffle(all, new Random(42));
        List<Example> out = new ArrayList<>(read("held_out", "Held-out examples", form.heldOut()));
        out.addAll(all.subList(ComposeForm.ROWS, all.size()));
        return form.withExamples(all.subList(0, ComposeForm.ROWS)).withHeldOut(PastedExamples.write(out));
    }

    private static boolean isSent(FileUpload file) {
        return file != null && file.size() > 0;
    }

    private static List<Example> read(String field, String source, String text) {
        try {
            return PastedExamples.parse(source.isBlank() ? "file" : source.replace('\0', '_'), text);
        } catch (ExamplesException e) {
            throw ProblemException.invalid(field, e.getMessage());
        }
    }

    private static String content(String field, FileUpload file) {
        if (file.size() > LARGEST) {
            throw ProblemException.invalid(
                    field, "The file has %,d bytes; at most %,d are read.".formatted(file.size(), LARGEST));
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file.uploadedFile())))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw ProblemException.invalid(List.of(new Cause(field, "The file is not UTF-8 text.")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
