package io.lorahub.engine.inspection;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.lora.AdapterSummary;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.names.EnumNames;

/** Formats an inspection as JSON. */
public final class InspectionJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private InspectionJson() {}

    /** @param whyNoBase as in {@link Checks#of} */
    public static ObjectNode of(Inspection inspection, boolean sound, String whyNoBase) {
        ObjectNode node = JSON.createObjectNode();
        node.put("path", inspection.path().toString());
        node.put("kind", EnumNames.of(inspection.kind()));
        node.put("sound", sound);
        ArrayNode findings = node.putArray("findings");
        inspection.findings().forEach(f -> findings.add(finding(f)));
        if (inspection.kind() == Inspection.Kind.ADAPTER) {
            for (int i = 0; i < findings.size(); i++) {
                ((ObjectNode) findings.get(i))
                        .put("check", Check.of(inspection.findings().get(i)).id());
            }
            ArrayNode checks = node.putArray("checks");
            Checks.of(inspection, whyNoBase).forEach(c -> checks.add(check(c)));
        }
        inspection.adapter().ifPresent(a -> node.set("adapter", adapter(a)));
        inspection.model().ifPresent(m -> node.set("model", model(m)));
        return node;
    }

    private static ObjectNode check(CheckResult result) {
        ObjectNode node = JSON.createObjectNode();
        node.put("id", result.id());
        node.put("title", result.title());
        node.put("state", EnumNames.of(result.state()));
        if (!result.note().isEmpty()) node.put("note", result.note());
        return node;
    }

    private static ObjectNode finding(CheckFinding finding) {
        ObjectNode node = JSON.createObjectNode();
        node.put("severity", EnumNames.of(finding.severity()));
        node.put("code", finding.code());
        node.put("subject", finding.subject());
        node.put("message", finding.message());
        if (!finding.fix().isEmpty()) node.put("fix", finding.fix());
        return node;
    }

    public static ObjectNode adapter(AdapterSummary adapter) {
        ObjectNode node = JSON.createObjectNode();
        adapter.baseModel.ifPresent(b -> node.put("base_model", b));
        node.set("ranks", JSON.valueToTree(adapter.ranks));
        node.set("alphas", JSON.valueToTree(adapter.alphas));
        node.set("targets", JSON.valueToTree(adapter.targets));
        node.put("modules", adapter.modules);
        node.put("parameters", adapter.parameters);
        node.set("dtypes", JSON.valueToTree(adapter.dtypes));
        node.put("bytes", adapter.bytes);
        node.set("layers", JSON.valueToTree(adapter.layers));
        node.set("sha256", JSON.valueToTree(adapter.sha256));
        return node;
    }

    private static ObjectNode model(ModelSummary model) {
        ObjectNode node = JSON.createObjectNode();
        node.put("model_type", model.modelType());
        node.set("config", JSON.valueToTree(model.config()));
        node.put("parameters", model.tensors().parameters());
        node.set("dtypes", JSON.valueToTree(model.tensors().dtypes()));
        node.put("bytes", model.tensors().bytes());
        node.set("sha256", JSON.valueToTree(model.sha256()));
        return node;
    }
}
