package io.lorahub.admin;

import io.smallrye.health.SmallRyeHealthReporter;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Map;

/** Current results of the health checks. */
public record Health(boolean up, List<Part> parts) {

    public record Part(String name, boolean up, String detail) {}

    static Health of(SmallRyeHealthReporter reporter) {
        JsonObject health = reporter.getHealth().getPayload();
        List<Part> parts = health.getJsonArray("checks").getValuesAs(JsonObject.class).stream()
                .map(check -> new Part(check.getString("name"), isUp(check), detail(check)))
                .toList();
        return new Health(isUp(health), parts);
    }

    private static boolean isUp(JsonObject check) {
        return check.getString("status").equals("UP");
    }

    private static String detail(JsonObject check) {
        JsonValue data = check.get("data");
        if (data == null || data.getValueType() != JsonValue.ValueType.OBJECT) return "";
        return String.join(
                ", ", data.asJsonObject().entrySet().stream().map(Health::line).toList());
    }

    private static String line(Map.Entry<String, JsonValue> entry) {
        String value = entry.getValue().toString().replaceAll("^\"|\"$", "");
        return entry.getKey() + " " + value;
    }
}
