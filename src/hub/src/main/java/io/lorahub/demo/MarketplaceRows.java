package io.lorahub.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/**
 * Fills a database with adapters whose base models, tags, publishers, words and downloads are as unevenly spread as on
 * real hubs: few are very common, most are rare. The same seed gives the same rows.
 */
public final class MarketplaceRows {

    private static final int PUBLISHERS_PER_1000 = 80;
    private static final int TAGS = 400;
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HISTORY = Duration.ofDays(1000);
    private static final int ROWS_PER_BATCH = 2000;

    // what cards say, the most common first
    private static final List<String> BASE_MODELS = list("""
            google/flan-t5-large, google/flan-t5-base, google/flan-t5-xl, google/flan-t5-small,
            google-t5/t5-base, google-t5/t5-large, google-t5/t5-small, google/flan-t5-xxl, google/t5-v1_1-base,
            google/t5-v1_1-large, google/t5-v1_1-xl, google/t5-v1_1-small, google/mt5-base, google/mt5-small,
            google/mt5-large, google/byt5-base, google/byt5-small, google-t5/t5-3b, allenai/unifiedqa-t5-base,
            bigscience/T0_3B, google/ul2, google/flan-ul2, Salesforce/codet5-base, lorahub/demo-base
            """);

    private static final List<String> TASKS = list("""
            summarization, translation, question answering, sentiment, paraphrase, classification, extraction,
            title generation, dialogue, grammar correction, code comments, entailment, topic labels,
            simplification, style transfer, keyword extraction, named entities, spelling, table to text,
            text to table, reading comprehension, coreference, commonsense, arithmetic, date normalization,
            query rewriting, fact checking, toxicity, email replies, product descriptions
            """);

    private static final List<String> LICENCES = list("""
            Apache-2.0, MIT, CC-BY-4.0, CC-BY-SA-4.0, CC-BY-NC-4.0, BSD-3-Clause, GPL-3.0-only, CC0-1.0,
            OpenRAIL-M, MPL-2.0, Unlicense, CC-BY-NC-SA-4.0
            """);

    private static final List<String> LANGUAGES = list("""
            en, zh, es, de, fr, ja, pt, ru, ar, hi, it, ko, nl, tr, pl, vi, id, sv, cs, fa, uk, ro, el, hu, da,
            fi, th, he, nb, bg
            """);

    private static final List<List<String>> MODULES = Stream.of(
                    "q v", "q v", "q v", "q k v o", "k o q v wi_0 wi_1 wo", "wi_0 wi_1 wo", "q")
            .map(names -> List.of(names.split(" ")))
            .toList();

    private final SplittableRandom random;
    private final List<String> words;
    private final Zipf word;
    private final Zipf tag = new Zipf(TAGS, 1.0);
    private final Zipf base;
    private final Zipf licence = new Zipf(LICENCES.size(), 1.2);
    private final Zipf language = new Zipf(LANGUAGES.size(), 1.4);

    public MarketplaceRows(long seed) {
        random = new SplittableRandom(seed);
        words = words();
        word = new Zipf(words.size(), 0.9);
        base = new Zipf(BASE_MODELS.size(), 1.1);
    }

    /** Adds this many public adapters with one version each, in the connection's transaction. */
    public void add(Connection connection, int adapters) throws SQLException {
        int publishers = Math.max(1, adapters * PUBLISHERS_PER_1000 / 1000);
        long publisher = reserve(connection, "publisher", publishers);
        long adapter = reserve(connection, "adapter", adapters);
        long version = reserve(connection, "adapter_version", adapters);
        Zipf owner = new Zipf(publishers, 0.8);
        copy(connection, "publisher (id, name, title)", publishers, i -> {
            String name = "crew-" + (publisher + i);
            return new CopyLine().add(publisher + i).add(name).add("Lab " + capital(word()));
        });
        copy(
                connection,
                "adapter (id, publisher_id, name, visibility, base_model, title, summary, description, licence, tags,"
                        + " languages, example_input, example_output, rank, target_modules, downloads, likes, trend,"
                        + " created_at, updated_at, listed_at)",
                adapters,
                i -> adapter(adapter + i, publisher + owner.next(random)));
        copy(
                connection,
                "adapter_version (id, adapter_id, number, label, facts, findings, strip)",
                adapters,
                i -> version(version + i, adapter + i));
    }

    /** Registers some of the base models, without files, so that lists know family and size. */
    public static void registerBaseModels(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("""
                    insert into base_model (name, model_type, parameters, bytes) values
                      ('google/flan-t5-small', 't5', 76961152, 307867048), ('google/flan-t5-base', 't5', 247577856, 990345064),
                      ('google/flan-t5-large', 't5', 783150080, 3132668808), ('google/flan-t5-xl', 't5', 2849757184, 11400000000),
                      ('google/flan-t5-xxl', 't5', 11135332352, 44500000000), ('google-t5/t5-base', 't5', 222903552, 891646390)
                    """);
        }
    }

    private CopyLine adapter(long id, long publisher) {
        String task = TASKS.get(random.nextInt(TASKS.size()));
        String subject = word();
        double popularity = Math.pow(random.nextDouble(1e-4, 1), -1.1);
        Instant created = NOW.minusMillis((long) (HISTORY.toMillis() * Math.pow(random.nextDouble(), 1.5)));
        return new CopyLine()
                .add(id)
                .add(publisher)
                .add((task.replace(' ', '-') + "-" + subject + "-" + Long.toString(id, 36)).toLowerCase(Locale.ROOT))
                .add("PUBLIC")
                .add(BASE_MODELS.get(base.next(random)))
                .add(capital(task) + " for " + subject)
                .add(capital(text(12)) + ".")
                .add(capital(text(40 + random.nextInt(120))) + ".")
                .add(LICENCES.get(licence.next(random)))
                .add(some(1 + random.nextInt(5), () -> tagName(tag.next(random))))
                .add(some(1, () -> LANGUAGES.get(language.next(random))))
                .add(word())
                .add(word() + " " + word())
                .add(4 << Math.min(random.nextInt(4), random.nextInt(6)))
                .add(MODULES.get(random.nextInt(MODULES.size())))
                .add((long) (popularity * 3))
                .add((long) (popularity * random.nextDouble() / 4))
                .add(popularity * random.nextDouble())
                .add(created.toString())
                .add(created.toString())
                .add(created.toString());
    }

    private CopyLine version(long id, long adapter) {
        StringBuilder strip = new StringBuilder("24 5.346 ");
        for (int bar = 0; bar < 24; bar++) {
            if (bar % 8 == 0 && bar > 0) strip.append(',');
            strip.append(bar % 2 == 0 ? 'a' : 'b').append(10 + random.nextInt(90));
        }
        String facts = "{\"bytes\": %d, \"modules\": 24}".formatted(200_000 + random.nextInt(40_000_000));
        return new CopyLine()
                .add(id)
                .add(adapter)
                .add(1)
                .add("1.0.0")
                .add(facts)
                .add("[]")
                .add(strip);
    }

    private String tagName(int number) {
        return number < TASKS.size() ? TASKS.get(number).replace(' ', '-') : words.get(number);
    }

    private List<String> some(int count, Supplier<String> next) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String value = next.get();
            if (!values.contains(value)) values.add(value);
        }
        return values;
    }

    private String word() {
        return words.get(word.next(random));
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder(word());
        for (int i = 1; i < length; i++) text.append(' ').append(word());
        return text.toString();
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /** The words of the demo hub and pairs of them, so that there are rare ones. */
    private static List<String> words() {
        try (InputStream in = MarketplaceRows.class.getResourceAsStream("/demo-hub/words.txt")) {
            List<String> all = new ArrayList<>(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(w -> w.matches("[a-z]+"))
                    .toList());
            int plain = all.size();
            for (int i = 0; i < 10 * plain; i++) all.add(all.get(i % plain) + all.get((i * 31 + 7) % plain));
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException("The words of the demo hub cannot be read.", e);
        }
    }

    /** Reserves this many consecutive ids and returns the first. */
    private static long reserve(Connection connection, String table, int count) throws SQLException {
        String sequence = "pg_get_serial_sequence('" + table + "', 'id')";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select setval(" + sequence + ", nextval(" + sequence + ") + " + count + ") - " + count)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void copy(Connection connection, String columns, int rows, IntFunction<CopyLine> line)
            throws SQLException {
        var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + columns + " from stdin");
        StringBuilder batch = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            batch.append(line.apply(i).text());
            if ((i + 1) % ROWS_PER_BATCH == 0 || i == rows - 1) {
                byte[] bytes = batch.toString().getBytes(StandardCharsets.UTF_8);
                copy.writeToCopy(bytes, 0, bytes.length);
                batch.setLength(0);
            }
        }
        copy.endCopy();
    }

    private static List<String> list(String text) {
        return List.of(text.strip().split(",\\s+"));
    }

    /** A row in the text format of PostgreSQL's COPY. */
    private static final class CopyLine {

        private final StringBuilder line = new StringBuilder();

        CopyLine add(Object value) {
            if (line.length() > 0) line.append('\t');
            line.append(escaped(value.toString()));
            return this;
        }

        /** An array; its values must not contain quotes or backslashes. */
        CopyLine add(List<String> values) {
            StringBuilder array = new StringBuilder("{");
            for (String value : values) {
                if (array.length() > 1) array.append(',');
                array.append('"').append(value).append('"');
            }
            return add(array.append('}'));
        }

        private static String escaped(String value) {
            return value.replace("\\", "\\\\")
                    .replace("\t", "\\t")
                    .replace("\n", "\\n")
                    .replace("\r", "\\r");
        }

        String text() {
            return line.append('\n').toString();
        }
    }

    /** Numbers from 0 of which number n comes up in proportion to 1 / (n + 1)^s (Zipf's law). */
    private static final class Zipf {

        private final double[] upTo;

        Zipf(int count, double s) {
            upTo = new double[count];
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += Math.pow(i + 1, -s);
                upTo[i] = sum;
            }
        }

        int next(SplittableRandom random) {
            int place = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
            return place >= 0 ? place : -place - 1;
        }
    }
}
