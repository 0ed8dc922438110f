package io.lorahub.cli.terminal;

import io.lorahub.adapter.Visibility;
import io.lorahub.browse.search.Sort;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.merge.MajoritySign;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.engine.preset.ExportPreset;
import io.lorahub.engine.preset.FactorType;
import io.lorahub.engine.setting.SearchSetting;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of an enum, written in lower case on the command line. */
public abstract class EnumWords<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {

    private final Class<E> type;

    EnumWords(Class<E> type) {
        this.type = type;
    }

    /** The values of a setting that has an enum. */
    public static ITypeConverter<?> of(SearchSetting<?> setting) {
        return word -> setting.named(word.toLowerCase(Locale.ROOT)).orElseThrow(() -> unknown(setting.names(), word));
    }

    @Override
    public E convert(String word) {
        return Arrays.stream(type.getEnumConstants())
                .filter(e -> e.name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> unknown(words(), word));
    }

    private static TypeConversionException unknown(List<String> words, String word) {
        return new TypeConversionException("use one of %s (got \"%s\")".formatted(String.join(", ", words), word));
    }

    @Override
    public Iterator<String> iterator() {
        return words().iterator();
    }

    List<String> words() {
        return EnumNames.all(type);
    }

    public static final class Compositions extends EnumWords<ComposedWeights> {
        Compositions() {
            super(ComposedWeights.class);
        }
    }

    public static final class Visibilities extends EnumWords<Visibility> {
        Visibilities() {
            super(Visibility.class);
        }
    }

    public static final class Sorts extends EnumWords<Sort> {
        Sorts() {
            super(Sort.class);
        }
    }

    public static final class FactorTypes extends EnumWords<FactorType> {
        FactorTypes() {
            super(FactorType.class);
        }
    }

    public static final class Precisions extends EnumWords<Precision> {
        /** As PyTorch and safetensors call them. */
        private static final Map<String, String> SHORT =
                Map.of("bf16", "bfloat16", "f32", "float32", "fp32", "float32");

        Precisions() {
            super(Precision.class);
        }

        @Override
        public Precision convert(String word) {
            return super.convert(SHORT.getOrDefault(word.toLowerCase(Locale.ROOT), word));
        }
    }

    public static final class MajoritySigns extends EnumWords<MajoritySign> {
        MajoritySigns() {
            super(MajoritySign.class);
        }
    }

    /** By the programs' names, such as llama.cpp. */
    public static final class ExportPresets extends EnumWords<ExportPreset> {
        ExportPresets() {
            super(ExportPreset.class);
        }

        @Override
        public ExportPreset convert(String word) {
            try {
                return ExportPreset.named(word);
            } catch (EngineException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }

        @Override
        List<String> words() {
            return ExportPreset.ids();
        }
    }

    /** By PEFT's names, with underscores. */
    public static final class MergeMethods extends EnumWords<MergeMethod> {
        MergeMethods() {
            super(MergeMethod.class);
        }

        @Override
        List<String> words() {
            return Arrays.stream(MergeMethod.values())
                    .map(MergeMethod::toString)
                    .toList();
        }
    }
}
