package io.lorahub.testsupport;

import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.task.TaskConfig;
import io.lorahub.demo.DemoConfig;
import io.lorahub.generation.GenerationConfig;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.moderation.ModerationConfig;
import io.lorahub.storage.object.StorageConfig;
import io.lorahub.upload.UploadConfig;
import io.lorahub.uploadcheck.UploadCheckConfig;
import io.lorahub.web.WebConfig;
import io.lorahub.web.connection.ConnectionConfig;
import io.quarkus.arc.Arc;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Stands in for the application's configuration, so that a test with other limits needs no application of its own. */
@Singleton
public class ChangeableSettings {

    private static final List<Class<?>> TYPES = List.of(
            CompositionConfig.class,
            ConnectionConfig.class,
            DemoConfig.class,
            GenerationConfig.class,
            ImportConfig.class,
            ModerationConfig.class,
            StorageConfig.class,
            TaskConfig.class,
            UploadCheckConfig.class,
            UploadConfig.class,
            WebConfig.class,
            WorkerConfig.class);

    private final SmallRyeConfig own;
    private volatile SmallRyeConfig current;

    ChangeableSettings(Config config) {
        own = config.unwrap(SmallRyeConfig.class);
        current = own;
    }

    /** Takes effect from the next call of a method of the configuration on. */
    private void change(Map<String, String> settings) {
        settings.keySet().forEach(ChangeableSettings::requireKnown);
        SmallRyeConfigBuilder changed = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withValidateUnknown(false)
                .withProfiles(own.getProfiles())
                .withSources(new PropertiesConfigSource(settings, "changed by a test", Integer.MAX_VALUE));
        own.getConfigSources().forEach(changed::withSources);
        TYPES.forEach(changed::withMapping);
        current = changed.build();
    }

    private static void requireKnown(String setting) {
        boolean known = TYPES.stream()
                .map(type -> type.getAnnotation(ConfigMapping.class).prefix() + ".")
                .anyMatch(setting::startsWith);
        if (!known)
            throw new IllegalArgumentException(
                    setting + " belongs to none of the configurations that can change here.");
    }

    private void reset() {
        current = own;
    }

    private <T> T changeable(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> method.invoke(current.getConfigMapping(type), arguments)));
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    CompositionConfig composition() {
        return changeable(CompositionConfig.class);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    ConnectionConfig connections() {
        return changeable(ConnectionConfig.class);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    DemoConfig demo() {
        return changeable(DemoConfig.class);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    GenerationConfig generation() {
        return changeable(GenerationConfig.class);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    ImportConfig imports() {
        return changeable(ImportConfig.class);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    ModerationConfig moderation() {
        return changeable(ModerationConfig.class);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    StorageConfig storage() {
        return changeable(StorageConfig.class);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    TaskConfig tasks() {
        return changeable(TaskConfig.class);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    UploadCheckConfig checks() {
        return changeable(UploadCheckConfig.class);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    UploadConfig upload() {
        return changeable(UploadConfig.class);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    WebConfig web() {
        return changeable(WebConfig.class);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    WorkerConfig worker() {
        return changeable(WorkerConfig.class);
    }

    /** Changes the settings before each test, and back after it. */
    static final class DuringTests implements BeforeEachCallback, AfterEachCallback {

        @Override
        public void beforeEach(ExtensionContext context) {
            changeable()
                    .change(Stream.of(context.getRequiredTestClass(), context.getRequiredTestMethod())
                            .map(place -> place.getAnnotation(Settings.class))
                            .filter(Objects::nonNull)
                            .flatMap(settings -> Stream.of(settings.value()))
                            .map(setting -> setting.split("=", 2))
                            .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1])));
        }

        @Override
        public void afterEach(ExtensionContext context) {
            changeable().reset();
        }

        private static ChangeableSettings changeable() {
            return Arc.container().instance(ChangeableSettings.class).get();
        }
    }
}
