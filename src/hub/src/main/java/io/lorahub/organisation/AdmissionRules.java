package io.lorahub.organisation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * Decides who among the provider's users can sign in here. Checked at each sign-in, so leaving a group takes effect.
 */
@ApplicationScoped
class AdmissionRules {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> domains;
    private final Optional<String> claim;
    private final List<String> values;

    AdmissionRules(OrganisationConfig config) {
        domains = config.emailDomains().orElse(List.of()).stream()
                .map(domain -> domain.strip().toLowerCase(Locale.ROOT))
                .toList();
        claim = config.requiredClaim();
        values = config.requiredValues().orElse(List.of());
    }

    /** @param idToken verified token */
    boolean admits(JsonWebToken idToken) {
        return admits(claims(idToken.getRawToken()));
    }

    boolean admits(JsonNode claims) {
        return (domains.isEmpty() || hasDomain(claims))
                && claim.map(path -> hasValue(claims.at("/" + path))).orElse(true);
    }

    /** An address that the provider has not verified can be anything the user typed. */
    private boolean hasDomain(JsonNode claims) {
        String email = claims.path("email").asText().toLowerCase(Locale.ROOT);
        return claims.path("email_verified").asBoolean()
                && domains.contains(email.substring(email.lastIndexOf('@') + 1));
    }

    private boolean hasValue(JsonNode claim) {
        if (!claim.isArray()) return claim.isValueNode() && values.contains(claim.asText());
        return StreamSupport.stream(claim.spliterator(), false).anyMatch(one -> values.contains(one.asText()));
    }

    private static JsonNode claims(String token) {
        try {
            return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
        } catch (IOException e) {
            throw new IllegalStateException("The claims of a verified ID token are JSON.", e);
        }
    }
}
