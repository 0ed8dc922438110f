package io.lorahub.serve;

import io.lorahub.engine.names.EnumNames;
import io.lorahub.settings.Accepts;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Reads from the interfaces of the features which settings there are and what they accept. */
final class DeclaredSettings {

    /** Read outside of the features. */
    private static final List<SettingDefinition> OF_THE_PROCESS = List.of(
            SettingDefinition.url("lorahub.public-url"),
            SettingDefinition.matching(
                    "lorahub.database-url",
                    "(jdbc:)?postgresql://.+",
                    "an address such as postgresql://host:5432/name"));

    private DeclaredSettings() {}

    /** @param features interfaces with {@link ConfigMapping}, whose methods can have {@link Accepts} */
    static List<SettingDefinition> of(Collection<Class<?>> features) {
        Stream<SettingDefinition> declared = features.stream()
                .flatMap(feature ->
                        ofGroup(feature.getAnnotation(ConfigMapping.class).prefix(), feature))
                .sorted(Comparator.comparing(SettingDefinition::name));
        return Stream.concat(OF_THE_PROCESS.stream(), declared).toList();
    }

    /** Except maps, whose keys are not known. */
    private static Stream<SettingDefinition> ofGroup(String prefix, Class<?> group) {
        return Arrays.stream(group.getDeclaredMethods())
                .filter(method -> !method.isSynthetic() && method.getReturnType() != Map.class)
                .flatMap(method -> of(prefix + "." + name(method), method));
    }

    private static String name(Method method) {
        return method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static Stream<SettingDefinition> of(String name, Method method) {
        Class<?> type = method.getReturnType();
        boolean group = type.isInterface() && type.getName().startsWith("io.lorahub.");
        if (group) return ofGroup(name, type);
        SettingDefinition definition = definition(name, method);
        return Stream.of(Optional.ofNullable(method.getAnnotation(WithDefault.class))
                .map(standard -> definition.withStandard(standard.value()))
                .orElse(definition));
    }

    private static SettingDefinition definition(String name, Method method) {
        Optional<Accepts> accepts = Optional.ofNullable(method.getAnnotation(Accepts.class));
        int least = accepts.map(Accepts::least).orElse(1);
        Type type = method.getGenericReturnType();
        boolean optional = raw(type) == Optional.class;
        if (optional) type = argument(type);
        boolean list = raw(type) == List.class;
        if (list) type = argument(type);
        Class<?> value = raw(type);
        if (value == boolean.class) return SettingDefinition.flag(name);
        if (value == int.class) return SettingDefinition.whole(name, least);
        if (value == Integer.class && name.endsWith("-port")) return SettingDefinition.port(name);
        if (value == long.class || value == OptionalLong.class) return SettingDefinition.bytes(name);
        if (value == MemorySize.class) return SettingDefinition.size(name, least);
        if (value == Duration.class) return SettingDefinition.time(name);
        if (value == URI.class) return list ? SettingDefinition.urls(name) : SettingDefinition.url(name);
        if (value.isEnum()) return SettingDefinition.oneOf(name, words(value));
        Optional<Accepts> pattern = accepts.filter(a -> !a.pattern().isEmpty());
        if (pattern.isPresent()) return matching(name, pattern.get(), list);
        boolean mayBeEmpty =
                optional && !list && !accepts.map(Accepts::notEmpty).orElse(false);
        return mayBeEmpty ? SettingDefinition.text(name) : SettingDefinition.word(name);
    }

    private static SettingDefinition matching(String name, Accepts accepts, boolean list) {
        return list
                ? SettingDefinition.listOf(name, accepts.pattern(), accepts.words())
                : SettingDefinition.matching(name, accepts.pattern(), accepts.words());
    }

    private static List<String> words(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> EnumNames.of((Enum<?>) constant))
                .toList();
    }

    private static Class<?> raw(Type type) {
        return (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
    }

    private static Type argument(Type type) {
        return ((ParameterizedType) type).getActualTypeArguments()[0];
    }
}
