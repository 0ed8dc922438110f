package io.lorahub.composition.form;

import io.lorahub.engine.learning.Example;
import io.lorahub.examples.Pasted;
import io.lorahub.examples.PastedExamples;
import io.lorahub.web.FieldError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/**
 * Parses pasted examples and uploaded files into the rows of the form. Text that cannot be parsed stays in its field.
 *
 * @param heldOut the held-out examples, if a run is to be started
 * @param faults  errors of rows and files that cannot be read
 * @param notes   how the texts were interpreted, in sentences
 */
record ExampleImport(List<Example> heldOut, List<FieldError> faults, List<String> notes) {

    /** Maximum size of a file of examples in bytes. */
    static final long LARGEST = 900_000;

    static final String HELD_OUT = "Held-out examples";

    /** The buttons that need parsed examples; the others leave the texts unchanged. */
    private static final Set<String> READING = Set.of("start", "suggest", "paste", "held-out", "split");

    static ExampleImport into(RunForm form) {
        ExampleImport read = new ExampleImport(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        if (READING.contains(form.action)) read.rows(form);
        if (form.action.equals("start")) read.heldOut(form);
        return read;
    }

    private void rows(RunForm form) {
        List<Example> rows = new ArrayList<>(form.filled());
        Optional<Pasted> pasted = read("pasted", "Pasted rows", form.pasted);
        Optional<Pasted> file = file("file", form.file);
        pasted.ifPresent(read -> rows.addAll(read.examples()));
        file.ifPresent(read -> rows.addAll(read.examples()));
        if (pasted.isPresent()) form.pasted = "";
        if (rows.size() > form.filled().size()) form.examples = rows;
        file("held_out", form.heldOutFile).ifPresent(read -> form.heldOut = PastedExamples.write(read.examples()));
    }

    /** Reads the held-out examples; an accuracy on examples that the search has seen is meaningless. */
    private void heldOut(RunForm form) {
        read("held_out", HELD_OUT, form.heldOut).ifPresent(read -> heldOut.addAll(read.examples()));
        Set<Example> seen = new HashSet<>(form.filled());
        long leaked = heldOut.stream().filter(seen::contains).count();
        if (leaked > 0) {
            faults.add(new FieldError(
                    "held_out",
                    "%s also among the examples; what the search has seen cannot be held out."
                            .formatted(leaked == 1 ? "One of them is" : leaked + " of them are")));
        }
    }

    private Optional<Pasted> file(String field, FileUpload file) {
        // a browser sends an empty one without a name if none was chosen
        if (file == null || file.size() == 0 && file.fileName().isBlank()) return Optional.empty();
        String name = file.fileName().isBlank() ? "file" : file.fileName().replace('\0', '_');
        if (file.size() > LARGEST) {
            faults.add(new FieldError(
                    field,
                    "%s has %,d bytes; the limit is %,d. Send a part of it.".formatted(name, file.size(), LARGEST)));
            return Optional.empty();
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file.uploadedFile())))
                    .toString();
            Optional<Pasted> read = read(field, name, text);
            if (read.filter(rows -> rows.examples().isEmpty()).isPresent()) {
                faults.add(new FieldError(
                        field, name + " has no rows. Give a row for each example: an input and its output."));
                return Optional.empty();
            }
            return read;
        } catch (CharacterCodingException e) {
            faults.add(new FieldError(field, name + " is not UTF-8 text."));
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a text; empty if any row cannot be read, so that a corrected text does not add its other rows twice. */
    private Optional<Pasted> read(String field, String name, String text) {
        Pasted pasted = PastedExamples.read(name, text);
        pasted.firstFaults().forEach(fault -> faults.add(new FieldError(field, fault)));
        if (!pasted.faults().isEmpty()) return Optional.empty();
        pasted.notes().forEach(note -> notes.add("%s: %s".formatted(name, note)));
        return Optional.of(pasted);
    }
}
