package io.lorahub.demo;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.inspection.ModelSummary;
import java.util.Map;
import java.util.TreeMap;

/** The demo hub's base model among those that are registered. */
final class DemoBase {

    private DemoBase() {}

    /** @param files SHA-256 by file name */
    static void register(DemoHub hub, Map<String, String> files) {
        if (BaseModelRecord.named(hub.baseModel()).isPresent()) return;
        ModelSummary model = Inspection.of(hub.base()).model().orElseThrow();
        BaseModelRecord entry = new BaseModelRecord();
        entry.name = hub.baseModel();
        entry.summary =
                "A T5 of 4 + 4 layers that reads and writes single letters. It copies and repairs English words.";
        entry.modelType = model.modelType();
        entry.parameters = model.tensors().parameters();
        entry.bytes = model.tensors().bytes();
        entry.licence = DemoCard.LICENCE;
        entry.files = new TreeMap<>(files);
        entry.persist();
    }
}
