package io.lorahub.composition.publication;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.card.Licence;
import io.lorahub.adapter.lineage.PartWeights;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MixLicenceTest {

    private static MixComponent part(String name, String licence, boolean own) {
        boolean allowed = Licence.of(licence)
                .map(l -> l.derivatives() == Licence.Derivatives.ALLOWED)
                .orElse(false);
        Adapter adapter = new Adapter();
        adapter.publisher = new Publisher();
        adapter.publisher.name = "lab";
        adapter.name = name;
        adapter.licence = licence;
        adapter.derivatives = allowed;
        adapter.visibility = Visibility.PUBLIC;
        AdapterVersion version = new AdapterVersion();
        version.id = 1L;
        version.adapter = adapter;
        version.label = "1.0.0";
        return new MixComponent(version, new PartWeights(Map.of(PartWeights.ALL, 0.5), 1), own);
    }

    private static MixLicence of(String... licences) {
        return MixLicence.of(List.of(licences).stream()
                .map(licence -> part("of-" + licence, licence, false))
                .toList());
    }

    @Test
    void a_licence_that_all_parts_share_applies_to_the_mix() {
        assertThat(of("gemma", "gemma").id()).isEqualTo("gemma");
        assertThat(of("MIT").reason()).contains("All parts are under MIT");
    }

    @Test
    void of_several_the_least_that_all_may_be_under() {
        assertThat(of("MIT", "Apache-2.0").id()).isEqualTo("Apache-2.0");
        assertThat(of("CC0-1.0", "BSD-2-Clause").id()).isEqualTo("BSD-3-Clause");
        assertThat(of("CC-BY-4.0", "CC-BY-SA-4.0", "MIT").id()).isEqualTo("CC-BY-SA-4.0");
        assertThat(of("Apache-2.0", "llama3.1").id()).isEqualTo("llama3.1");
        assertThat(of("CC-BY-4.0", "CC-BY-NC-4.0").id()).isEqualTo("CC-BY-NC-4.0");
    }

    @Test
    void incompatible_licences_are_refused_with_the_parts_named() {
        MixLicence licence = of("CC-BY-SA-4.0", "CC-BY-NC-4.0");

        assertThat(licence.id()).isNull();
        assertThat(licence.reason()).contains("lab/of-CC-BY-SA-4.0 with weight 0.50", "lab/of-CC-BY-NC-4.0");
        assertThat(of("llama2", "gemma").id()).isNull();
        assertThat(of("GPL-2.0-only", "Apache-2.0").id()).isNull();
    }

    @Test
    void permissive_ones_go_into_the_licences_of_gnu_that_are_compatible_with_them() {
        for (String permissive : List.of("MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "0BSD", "CC0-1.0")) {
            assertThat(of(permissive, "GPL-2.0-only").id()).isEqualTo("GPL-2.0-only");
            assertThat(of(permissive, "GPL-3.0-only").id()).isEqualTo("GPL-3.0-only");
            assertThat(of(permissive, "AGPL-3.0-only").id()).isEqualTo("AGPL-3.0-only");
            assertThat(of(permissive, "LGPL-2.1-or-later").id()).isEqualTo("LGPL-2.1-or-later");
        }
        assertThat(of("Apache-2.0", "GPL-3.0-only").id()).isEqualTo("GPL-3.0-only");
        assertThat(of("GPL-2.0-or-later", "GPL-2.0-only").id()).isEqualTo("GPL-2.0-only");
        assertThat(of("GPL-2.0-or-later", "GPL-3.0-only").id()).isEqualTo("GPL-3.0-only");
        assertThat(of("LGPL-2.1-or-later", "GPL-2.0-only").id()).isEqualTo("GPL-2.0-only");
        assertThat(of("EUPL-1.2", "MIT", "GPL-2.0-only").id()).isEqualTo("GPL-2.0-only");
    }

    @Test
    void licences_that_the_fsf_calls_incompatible_are_refused() {
        for (String other : List.of("Apache-2.0", "GPL-3.0-only", "GPL-3.0-or-later", "LGPL-3.0-or-later", "ECL-2.0")) {
            assertThat(of(other, "GPL-2.0-only").id()).as(other).isNull();
        }
        for (String other : List.of("CC-BY-SA-4.0", "CC-BY-NC-4.0", "MS-PL", "EPL-2.0", "OSL-3.0", "AFL-3.0")) {
            assertThat(of(other, "GPL-2.0-only").id()).as(other).isNull();
        }
        assertThat(of("CC-BY-SA-4.0", "GPL-3.0-or-later").id()).isEqualTo("GPL-3.0-only");
    }

    @Test
    void of_several_ways_the_licence_that_asks_for_the_least_is_taken() {
        assertThat(of("MIT", "BSD-2-Clause").id()).isEqualTo("BSD-3-Clause");
        assertThat(of("NCSA", "MIT").id()).isEqualTo("Apache-2.0");
        assertThat(of("NCSA", "MIT", "BSD-2-Clause").id()).isEqualTo("Apache-2.0");
    }

    @Test
    void a_part_that_forbids_derivatives_forbids_the_mix() {
        assertThat(of("MIT", "CC-BY-ND-4.0").id()).isNull();
        assertThat(of("MIT", "CC-BY-ND-4.0").reason()).contains("doesn't allow others to publish");
    }

    @Test
    void the_owner_of_a_part_is_not_bound_by_its_licence() {
        MixLicence licence = MixLicence.of(List.of(part("a", "llama2", true), part("b", "gemma", false)));

        assertThat(licence.id()).isEqualTo("gemma");
        assertThat(MixLicence.of(List.of(part("a", "CC-BY-ND-4.0", true))).id()).isEqualTo("CC-BY-ND-4.0");
    }

    @Test
    void every_step_is_between_licences_that_the_hub_knows() {
        for (Licence licence : Licence.all()) {
            assertThat(LicenceCompatibility.of(List.of(licence.id()))).contains(licence.id());
        }
        assertThat(LicenceCompatibility.of(List.of("PDDL-1.0", "AGPL-3.0-or-later")))
                .contains("AGPL-3.0-or-later");
    }
}
