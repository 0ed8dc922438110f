package io.lorahub.organisation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdmissionRulesTest {

    private static final String ADA =
            "{\"email\": \"Ada@Uni.example\", \"email_verified\": true, \"groups\": [\"staff\", \"lorahub\"]}";

    private static boolean admits(Map<String, String> settings, String claims) throws Exception {
        OrganisationConfig config = new SmallRyeConfigBuilder()
                .withMapping(OrganisationConfig.class)
                .withDefaultValues(settings)
                .build()
                .getConfigMapping(OrganisationConfig.class);
        return new AdmissionRules(config).admits(new ObjectMapper().readTree(claims));
    }

    @Test
    void without_settings_everybody_whom_the_provider_knows() throws Exception {
        assertThat(admits(Map.of(), "{}")).isTrue();
    }

    @Test
    void only_verified_addresses_of_these_very_domains() throws Exception {
        Map<String, String> uni = Map.of("lorahub.oidc.email-domains", "uni.example, Lab.example");
        assertThat(admits(uni, ADA)).isTrue();
        assertThat(admits(uni, "{\"email\": \"bob@lab.example\", \"email_verified\": true}"))
                .isTrue();
        assertThat(admits(uni, "{\"email\": \"ada@uni.example\"}")).isFalse();
        assertThat(admits(uni, "{\"email\": \"ada@uni.example\", \"email_verified\": false}"))
                .isFalse();
        assertThat(admits(uni, "{\"email\": \"eve@evil-uni.example\", \"email_verified\": true}"))
                .isFalse();
        assertThat(admits(uni, "{\"email\": \"eve@uni.example.evil.example\", \"email_verified\": true}"))
                .isFalse();
        assertThat(admits(uni, "{\"email_verified\": true}")).isFalse();
    }

    @Test
    void only_who_has_one_of_the_values_in_the_claim() throws Exception {
        Map<String, String> groups =
                Map.of("lorahub.oidc.required-claim", "groups", "lorahub.oidc.required-values", "lorahub,ml");
        assertThat(admits(groups, ADA)).isTrue();
        assertThat(admits(groups, "{\"groups\": \"ml\"}")).isTrue();
        assertThat(admits(groups, "{\"groups\": [\"staff\"]}")).isFalse();
        assertThat(admits(groups, "{\"groups\": {\"lorahub\": true}}")).isFalse();
        assertThat(admits(groups, "{}")).isFalse();
        Map<String, String> roles =
                Map.of("lorahub.oidc.required-claim", "realm_access/roles", "lorahub.oidc.required-values", "lorahub");
        assertThat(admits(roles, "{\"realm_access\": {\"roles\": [\"lorahub\"]}}"))
                .isTrue();
        assertThat(admits(roles, "{\"realm_access\": {\"roles\": [\"other\"]}}"))
                .isFalse();
        assertThat(admits(Map.of("lorahub.oidc.required-claim", "groups"), ADA)).isFalse();
    }
}
