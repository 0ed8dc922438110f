package io.lorahub.cli.export;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.preset.ExportPreset;
import java.util.Iterator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The names of the programs that adapters are exported for. */
final class Presets implements ITypeConverter<ExportPreset>, Iterable<String> {

    @Override
    public ExportPreset convert(String word) {
        try {
            return ExportPreset.named(word);
        } catch (EngineException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    @Override
    public Iterator<String> iterator() {
        return ExportPreset.ids().iterator();
    }
}
