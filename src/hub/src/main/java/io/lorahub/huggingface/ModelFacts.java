package io.lorahub.huggingface;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.basemodel.BaseModelRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a model does, and how large it is.
 *
 * @param parameters of its safetensors files, by the types of safetensors such as F32; empty if they aren't known by type
 */
public record ModelFacts(Optional<PipelineTag> task, Map<String, Long> parameters) {

    static final ModelFacts NONE = new ModelFacts(Optional.empty(), Map.of());

    static ModelFacts of(BaseModelRecord model) {
        return new ModelFacts(Optional.of(PipelineTag.ofModel(model.modelType)), Map.of());
    }

    /** By id of the adapter, with three queries in the caller's transaction. */
    static Map<Long, ModelFacts> of(Collection<Adapter> adapters) {
        if (adapters.isEmpty()) return Map.of();
        List<String> names =
                adapters.stream().map(adapter -> adapter.baseModel).distinct().toList();
        Map<String, String> types = BaseModelRecord.<BaseModelRecord>list("name in ?1", names).stream()
                .collect(Collectors.toMap(model -> model.name, model -> model.modelType));
        Map<Long, ModelFacts> byAdapter = new HashMap<>();
        List<AdapterVersion> versions = AdapterVersion.newestOf(adapters);
        Set<Long> encoders = PipelineTag.withEncoder(versions.stream()
                .filter(version -> !types.containsKey(version.adapter.baseModel))
                .toList());
        for (AdapterVersion version : versions) {
            String type = types.get(version.adapter.baseModel);
            PipelineTag task =
                    type == null ? PipelineTag.ofModules(encoders.contains(version.id)) : PipelineTag.ofModel(type);
            byAdapter.put(version.adapter.id, new ModelFacts(Optional.of(task), parameters(version.summary())));
        }
        return byAdapter;
    }

    /** Facts name the types, but count parameters over all of them. */
    private static Map<String, Long> parameters(AdapterFacts facts) {
        List<String> types = facts.dtypes();
        return types.size() == 1 && facts.parameters() > 0 ? Map.of(types.get(0), facts.parameters()) : Map.of();
    }
}
