package io.lorahub.composition.request;

import io.lorahub.composition.RunSettings;
import io.lorahub.engine.setting.SearchSetting;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/** Adds the settings, which are no fields of a class, to what the OpenAPI document says of a run and its request. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class SettingSchemas implements OASFilter {

    @Override
    public void filterOpenAPI(OpenAPI document) {
        if (document.getComponents() == null || document.getComponents().getSchemas() == null) return;
        Map<String, Schema> schemas = document.getComponents().getSchemas();
        add(schemas.get("CreateRunRequest"), RunSettings.REQUESTED, true);
        add(schemas.get("RunSpec"), RunSettings.STORED, false);
    }

    private static void add(Schema schema, List<SearchSetting<?>> settings, boolean described) {
        if (schema == null) return;
        settings.forEach(setting -> {
            Schema property = OASFactory.createSchema();
            switch (setting.kind()) {
                case WHOLE ->
                    property.addType(SchemaType.INTEGER).format(setting.type() == Long.class ? "int64" : "int32");
                case DECIMAL -> property.addType(SchemaType.NUMBER).format("double");
                case NAME -> property.addType(SchemaType.STRING);
            }
            if (described) {
                property.description(setting.help());
            } else if (setting.type().isEnum()) {
                property.enumeration(List.copyOf(setting.names()));
            } else {
                setting.names().stream().findFirst().ifPresent(property::addExample);
            }
            schema.addProperty(setting.name(), property);
        });
    }
}
