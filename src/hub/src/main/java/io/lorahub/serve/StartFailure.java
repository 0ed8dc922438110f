package io.lorahub.serve;

import io.lorahub.engine.error.EngineException;
import io.lorahub.storage.object.StorageException;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.flywaydb.core.api.FlywayException;

/** Explains why the application did not start. */
final class StartFailure {

    /** Flyway's message for an applied migration that this release does not contain. */
    private static final String NEWER = "applied migration not resolved locally";

    private StartFailure() {}

    /** A program that does not know the schema could damage the stored data. */
    private static ServeException newer(Throwable thrown) {
        return new ServeException(
                "A newer version of LoraHub has upgraded this database, and there is no way back."
                        + " Start that version again, or restore the backup that you made before the upgrade"
                        + " (docs/operate.md).",
                thrown);
    }

    /** Empty if only the stack trace explains the failure. */
    static Optional<ServeException> known(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof QuarkusBindException bind) {
                return Optional.of(new Address(bind.getHost(), bind.getPort()).refused(t));
            }
            if (t instanceof ConfigValidationException wrong) return Optional.of(FrameworkSettings.refused(wrong));
            if (t instanceof OutOfMemoryError) {
                return Optional.of(new ServeException(
                        "LoraHub has too little memory to start (%s): it can use %d MB. JAVA_OPTS=-Xmx2g gives it more."
                                .formatted(firstLine(t), Runtime.getRuntime().maxMemory() >> 20),
                        thrown));
            }
            if (t instanceof ConfigurationException) {
                return Optional.of(new ServeException("A setting is wrong: " + t.getMessage(), thrown));
            }
            if (t instanceof EngineException || t instanceof StorageException) {
                return Optional.of(new ServeException(t.getMessage(), thrown));
            }
            if (t instanceof FlywayException && String.valueOf(t.getMessage()).contains(NEWER)) {
                return Optional.of(newer(thrown));
            }
            if (t instanceof SQLException sql && firstLine(sql).startsWith("Acquisition timeout")) {
                return Optional.of(new ServeException(
                        "The database gave no connection in time (%s). The machine or the database may be busy: start again; if the database is another one than the hub's own, check LORAHUB_DATABASE_URL too."
                                .formatted(firstLine(t)),
                        thrown));
            }
            if (t instanceof SQLException sql) {
                return Optional.of(new ServeException(
                        isOfConnection(sql)
                                ? "The database cannot be used: %s. Check LORAHUB_DATABASE_URL, _USERNAME and _PASSWORD."
                                        .formatted(firstLine(t))
                                : "The database refused a statement at the start: %s. The log has the statement."
                                        .formatted(firstLine(t)),
                        thrown));
            }
        }
        return Optional.empty();
    }

    /** By the classes of SQLSTATE: 08 is a connection, 28 who connects, 3D the database's name; none is a driver's fault. */
    private static boolean isOfConnection(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("28") || state.startsWith("3D");
    }

    /** Without its full stop. */
    private static String firstLine(Throwable t) {
        return String.valueOf(t.getMessage()).lines().findFirst().orElse("").replaceFirst("\\.$", "");
    }

    static ServeException of(Throwable thrown) {
        return known(thrown)
                .orElseGet(() -> new ServeException(
                        "LoraHub could not start: %s. %s".formatted(reason(thrown), whereMoreIs()), thrown));
    }

    /** What it is that happened first, without its full stop. */
    private static String reason(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null && root.getCause() != root) root = root.getCause();
        String name = root.getClass().getSimpleName();
        return root.getMessage() == null ? name : name + ": " + firstLine(root);
    }

    private static String whereMoreIs() {
        String log = System.getProperty("quarkus.log.file.path");
        return log == null ? "The log, above, says where." : "The log says where: " + log;
    }

    /**
     * Describes errors in Quarkus settings, which {@link SettingsValidator} does not know, in the same form as errors in
     * the hub's own settings.
     */
    private static final class FrameworkSettings {

        private static final Pattern UNREADABLE =
                Pattern.compile("The config property (\\S+) with the config value \"(.*?)\" threw", Pattern.DOTALL);

        private static final Pattern MISSING = Pattern.compile("The config property (\\S+) is required but");
        private static final Pattern CODE = Pattern.compile("\\S*(Exception|Error): |[A-Z]{3,}\\d+: ");

        private FrameworkSettings() {}

        static ServeException refused(ConfigValidationException wrong) {
            List<String> faults = IntStream.range(0, wrong.getProblemCount())
                    .mapToObj(i -> sentence(wrong.getProblem(i).getMessage()))
                    .distinct()
                    .toList();
            return new ServeException(SettingsValidator.sentence(faults), wrong);
        }

        private static String sentence(String message) {
            Matcher unreadable = UNREADABLE.matcher(message);
            if (unreadable.find()) {
                String name = unreadable.group(1);
                return "%s (%s) is \"%s\", which isn't a valid value."
                        .formatted(name, SettingDefinition.variable(name), unreadable.group(2));
            }
            Matcher missing = MISSING.matcher(message);
            if (missing.find()) {
                return "%s (%s) is missing.".formatted(missing.group(1), SettingDefinition.variable(missing.group(1)));
            }
            return CODE.matcher(message).replaceAll("");
        }
    }
}
