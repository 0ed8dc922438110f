package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.WithName;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

class FrameworkSettingsTest {

    @ConfigMapping(prefix = "quarkus")
    interface Some {

        @WithName("http.io-threads")
        int threads();

        @WithName("log.level")
        Level level();

        @WithName("datasource.jdbc.url")
        String url();
    }

    @Test
    void all_faults_are_said_at_once_without_names_of_the_framework() {
        ConfigValidationException wrong = catchThrowableOfType(ConfigValidationException.class, () -> {
            SmallRyeConfig config = new SmallRyeConfigBuilder()
                    .withMapping(Some.class)
                    .withDefaultValue("quarkus.http.io-threads", "many")
                    .withConverter(Level.class, 200, Level::parse)
                    .withDefaultValue("quarkus.log.level", "NOISY")
                    .build();
            config.getConfigMapping(Some.class);
        });

        assertThat(StartFailure.of(new IllegalStateException(wrong))
                        .getMessage()
                        .lines())
                .contains(
                        "3 settings are wrong:",
                        "  quarkus.http.io-threads (QUARKUS_HTTP_IO_THREADS) is \"many\", which isn't a valid value.",
                        "  quarkus.log.level (QUARKUS_LOG_LEVEL) is \"NOISY\", which isn't a valid value.",
                        "  quarkus.datasource.jdbc.url (QUARKUS_DATASOURCE_JDBC_URL) is missing.")
                .hasSize(4);
    }
}
