package io.lorahub.adapter.card;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * A licence for adapters: the SPDX licences commonly used for models and data, and those made for models, under the
 * names used by Hugging Face.
 *
 * @param id from SPDX, or from Hugging Face if SPDX has none
 * @param family for grouping in a list: the most common ones form a family of their own, which comes first
 */
public record Licence(String id, String name, Derivatives derivatives, Family family) {

    /** Whether others are allowed to publish works derived from it, such as a composition. */
    public enum Derivatives {
        ALLOWED,
        FORBIDDEN,
        /** The author decides, because the licence is the author's own. */
        AUTHOR
    }

    public enum Family {
        COMMON("Often used"),
        MODEL("For models"),
        DATA("For texts and data"),
        SOFTWARE("For software");

        private final String title;

        Family(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }

        public List<Licence> licences() {
            return all().stream().filter(l -> l.family == this).toList();
        }
    }

    private static final List<Licence> ALL = read();
    private static final Map<String, Licence> BY_ID =
            ALL.stream().collect(Collectors.toUnmodifiableMap(l -> key(l.id), Function.identity()));

    /** All licences, in the order for lists. */
    public static List<Licence> all() {
        return ALL;
    }

    /** Finds a licence by its id in any case, because Hugging Face writes {@code apache-2.0} for Apache-2.0. */
    public static Optional<Licence> of(String id) {
        return id == null ? Optional.empty() : Optional.ofNullable(BY_ID.get(key(id)));
    }

    private static String key(String id) {
        return id.strip().toLowerCase(Locale.ROOT);
    }

    private static List<Licence> read() {
        try (InputStream in = Licence.class.getResourceAsStream("/licences/licences.csv");
                Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            return CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get().parse(reader).stream()
                    .map(Licence::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The list of licences cannot be read.", e);
        }
    }

    private static Licence of(CSVRecord row) {
        return new Licence(
                row.get("id"),
                row.get("name"),
                Derivatives.valueOf(row.get("derivatives").toUpperCase(Locale.ROOT)),
                Family.valueOf(row.get("family").toUpperCase(Locale.ROOT)));
    }
}
