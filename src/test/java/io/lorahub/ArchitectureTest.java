package io.lorahub;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.lorahub.storage.ObjectStore;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which part may use which. */
class ArchitectureTest {

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.lorahub");
    }

    @Test
    void the_engine_is_plain_Java_and_uses_nothing_else_of_ours() {
        noClasses()
                .that()
                .resideInAPackage("io.lorahub.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta..", "java.sql..", "picocli..")
                .orShould()
                .dependOnClassesThat(
                        resideInAPackage("io.lorahub..").and(resideOutsideOfPackage("io.lorahub.engine..")))
                .check(classes);
    }

    @Test
    void only_the_model_package_knows_libtorch() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.lorahub.engine.model..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl.pytorch..", "ai.djl.ndarray..", "ai.djl.engine..")
                .check(classes);
    }

    @Test
    void the_search_knows_neither_models_nor_files() {
        noClasses()
                .that()
                .resideInAPackage("io.lorahub.engine.optimize..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.lorahub.engine.model..",
                        "io.lorahub.engine.learning..",
                        "io.lorahub.engine.lora..",
                        "io.lorahub.engine.safetensors..",
                        "io.lorahub.engine.checkpoint..")
                .check(classes);
    }

    @Test
    void the_packages_of_the_engine_form_no_cycle() {
        slices().matching("io.lorahub.engine.(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void what_several_machines_compare_is_told_by_the_database_clock() {
        noClasses()
                .that()
                .resideInAnyPackage("io.lorahub.composition..", "io.lorahub.doctor..")
                .and()
                .haveNameNotMatching(".*\\.(CacheLimit|RunFiles|WorkerTempFolders)") // of files of one machine
                .should()
                .callMethod(Instant.class, "now")
                .check(classes);
    }

    @Test
    void the_object_stores_are_plain_Java() {
        noClasses()
                .that()
                .areAssignableTo(ObjectStore.class)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta..", "java.sql..")
                .check(classes);
    }
}
