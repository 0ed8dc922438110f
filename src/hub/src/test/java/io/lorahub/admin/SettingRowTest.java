package io.lorahub.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingRowTest {

    @ParameterizedTest
    @CsvSource({
        "quarkus.datasource.jdbc.url, jdbc:postgresql://db/hub?user=hub&password=s3cret&ssl=true, jdbc:postgresql://db/hub?user=hub&password=…&ssl=true",
        "quarkus.datasource.jdbc.url, jdbc:postgresql://db/hub?sslPassword=s3cret, jdbc:postgresql://db/hub?sslPassword=…",
        "quarkus.datasource.jdbc.url, jdbc:postgresql://hub:s3cret@db:5432/hub, jdbc:postgresql://…@db:5432/hub",
        "quarkus.datasource.jdbc.url, jdbc:postgresql://db:5432/hub, jdbc:postgresql://db:5432/hub",
        "lorahub.storage.s3.endpoint, https://key:s3cret@store.example/, https://…@store.example/",
        "lorahub.oidc.client-secret, s3cret, 'set, not shown'",
        "lorahub.public-url, https://hub.example/, https://hub.example/",
    })
    void credentials_are_not_shown_wherever_they_are(String name, String value, String shown) {
        assertThat(SettingRow.inForce(new SmallRyeConfigBuilder()
                        .withDefaultValues(Map.of(name, value))
                        .build()))
                .filteredOn(setting -> setting.name().equals(name))
                .extracting(SettingRow::value)
                .containsExactly(shown);
    }
}
