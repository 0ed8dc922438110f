package io.lorahub;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.inspection.ModelTrial;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which parts can use which. */
class ArchitectureTest {

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("-tests.jar"))
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
    void two_classes_know_the_insides_of_Vertx() {
        noClasses()
                .that()
                .haveNameNotMatching("io\\.lorahub\\.web\\.connection\\.(VertxInternals|GuardedTransport)")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..impl..")
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

    /** The parts that each part can use besides itself. A subpackage follows its part unless it has its own line. */
    private static final Map<String, Set<String>> ARROWS = arrows("""
            settings:
            database:
            engine.names:
            engine: engine.names
            storage: settings
            job: engine.names database storage
            audit: database
            examples: engine.names engine
            xdg: engine
            backup: database engine storage
            serve: engine.names database engine settings storage xdg
            web: engine.names database engine settings storage
            account: engine.names audit database serve settings web
            notice: account database web
            childprocess:
            basemodel: engine.names account audit database engine storage web
            adapter: engine.names account audit basemodel database engine job notice storage web
            account.deletion: engine.names account adapter audit web
            upload: engine.names account adapter basemodel database engine job notice storage web
            basemodel.registration: engine.names account audit basemodel engine job storage upload web
            imports: engine.names account adapter audit basemodel basemodel.registration engine job notice settings storage upload web
            demo: account adapter basemodel engine examples serve storage xdg
            browse: engine.names account adapter basemodel demo web
            basemodel.page: account basemodel basemodel.registration browse upload web
            composition: engine.names account adapter audit basemodel browse database demo engine examples job notice settings storage upload web
            download: account adapter basemodel composition storage web
            huggingface: account adapter basemodel database download engine storage upload web
            generation: account adapter basemodel composition database engine job storage web
            moderation: engine.names account adapter audit database notice web
            organisation: account audit database settings web
            uploadcheck: engine.names adapter basemodel basemodel.registration childprocess engine job storage upload web
            admin: job storage upload web
            settings.features: account admin basemodel composition demo generation imports moderation organisation serve storage upload uploadcheck web
            api: web
            remote: adapter engine upload
            bench: engine.names account cli composition demo engine examples job remote serve settings.features storage xdg
            cli: engine.names adapter backup browse database demo engine examples remote serve settings.features storage xdg
            """);

    private static Map<String, Set<String>> arrows(String lines) {
        return lines.lines()
                .map(line -> line.split(":", 2))
                .collect(Collectors.toMap(
                        line -> line[0], line -> Set.of(line[1].strip().split(" "))));
    }

    @Test
    void a_part_uses_only_those_below_it() {
        Set<String> others = new TreeSet<>();
        for (JavaClass origin : classes) {
            for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (!target.getPackageName().startsWith("io.lorahub.")) continue;
                String from = part(origin);
                String to = part(target);
                if (!from.equals(to) && !ARROWS.get(from).contains(to)) {
                    others.add("%s -> %s: %s uses %s".formatted(from, to, origin.getName(), target.getName()));
                }
            }
        }
        assertThat(others).isEmpty();
    }

    /** The longest line of the table that fits. */
    private static String part(JavaClass type) {
        String name = type.getPackageName().substring("io.lorahub.".length());
        while (!ARROWS.containsKey(name)) {
            assertThat(name).as("%s has no line in the table", type.getName()).contains(".");
            name = name.substring(0, name.lastIndexOf('.'));
        }
        return name;
    }

    /** What opens files, or runs what they say: weights, configurations, tokenizers, chat templates and models. */
    private static final Pattern READERS = Pattern.compile("io\\.lorahub\\.engine\\.("
            + "(checkpoint|extract|jinja|model|prompt|safetensors|tokenizer)\\..*"
            + "|inspection\\.(Inspection|ModelTrial)|lora\\.(AdapterReading|FileHashes|LoraAdapter)"
            + "|generation\\.TextGenerator"
            + "|learning\\.(LearningRun|LearningSession|LoadedModel|Scorer|TextGeneration)"
            + "|learning\\.export\\.(FusedModel|MergeExport)|preset\\.PresetExport)");

    private static final Set<String> VALUES = Set.of(
            "checkpoint.TemporaryFolder",
            "prompt.ChatMessage",
            "prompt.EncodedPair",
            "prompt.PromptChoice",
            "prompt.PromptFormat",
            "safetensors.FileRegion",
            "safetensors.TensorInfo");

    /** Classes of which only child processes, workers and the command line run the parts that read files. */
    private static final Pattern ELSEWHERE = Pattern.compile("io\\.lorahub\\.("
            + "(bench|cli|engine|remote|composition\\.task|composition\\.worker|generation\\.worker)\\..*"
            + "|uploadcheck\\.(CheckMain|ModelCheckMain)"
            + "|composition\\.RunPredictions|composition\\.model\\.(WorkerDevice|WorkerModels)"
            // the checks of adapters, in a child process; at the first start also for the demo hub, whose files are
            // ours
            + "|adapter\\.publication\\.CheckReport|demo\\.DemoHubLoader)");

    /**
     * The other classes that read foreign files, so that it can happen in a web process, with what bounds it.
     *
     * <p>Prompts: configuration, tokenizer and chat template of a registered model. They are limited in size before they are
     * stored ({@code BaseModels.sizeFault}), were read and tried in a child process with a web process's heap, and texts and
     * renderings have their own limits ({@code lorahub.composition.characters}, {@code RenderBudget}). Runs that are
     * validated in seconds and previews while somebody types need them at once.
     *
     * <p>Headers: where the tensors of a registered model are in its files, so that a child process gets those of which an
     * upload has copies. All headers together are limited in size by that check.
     *
     * <p>Names: whether any model family has modules of the names that an adapter lists.
     *
     * <p>Zip: the list of entries and the entries' bytes, with limits on their number, size and ratio. What they hold is not
     * read.
     */
    private static final Map<String, String> BOUNDED = Map.of(
            "composition.form.PromptPreview", "prompts",
            "composition.form.RunEstimates", "prompts",
            "composition.model.ModelTokenizers", "prompts",
            "composition.request.PromptValidator", "prompts",
            "generation.Completions", "prompts",
            "upload.transfer.ZipImport", "zip",
            "uploadcheck.BaseModelCheck", "names",
            "uploadcheck.CheckFolder", "headers");

    /** So that a hostile file ends a child process at most. */
    @Test
    void web_processes_compute_on_no_foreign_bytes_without_a_bound() {
        Set<String> readers = new TreeSet<>();
        for (JavaClass origin : classes) {
            if (ELSEWHERE.matcher(topLevel(origin)).matches()) continue;
            boolean reads = origin.getCodeUnitAccessesFromSelf().stream()
                    .map(access -> access.getTargetOwner().getBaseComponentType())
                    .anyMatch(ArchitectureTest::isReader);
            if (reads) readers.add(topLevel(origin).substring("io.lorahub.".length()));
        }
        assertThat(readers).isEqualTo(new TreeSet<>(BOUNDED.keySet()));
    }

    private static boolean isReader(JavaClass type) {
        String name = topLevel(type);
        return READERS.matcher(name).matches()
                && !type.isEnum()
                && !VALUES.contains(name.substring("io.lorahub.engine.".length()));
    }

    private static String topLevel(JavaClass type) {
        return type.getName().replaceFirst("\\$.*", "");
    }

    @Test
    void base_models_and_adapters_are_inspected_and_tried_in_child_processes_only() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.lorahub.engine..", "io.lorahub.cli..", "io.lorahub.bench..")
                .and()
                .haveNameNotMatching(
                        "io\\.lorahub\\.(uploadcheck\\.(CheckMain|ModelCheckMain)|demo\\.DemoHubLoader)(\\$.*)?")
                .and()
                .doNotHaveFullyQualifiedName(CheckReport.class.getName())
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Inspection.class, ModelTrial.class)
                .orShould()
                .callMethod(CheckReport.class, "of", Path.class, Optional.class, String.class)
                .check(classes);
    }

    /** Pages ask for models through {@code ModelTokenizers}. */
    @Test
    void workers_alone_open_models_and_adapters() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.lorahub.composition.model..",
                        "io.lorahub.composition.worker..",
                        "io.lorahub.composition.task..",
                        "io.lorahub.generation.worker..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.lorahub.composition.model.WorkerModels")
                .check(classes);
    }

    @Test
    void the_packages_form_no_cycle() {
        slices().matching("io.lorahub.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void no_name_stands_twice() {
        Map<String, List<String>> names = classes.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(
                        JavaClass::getSimpleName, Collectors.mapping(JavaClass::getPackageName, Collectors.toList())));
        names.values().removeIf(packages -> packages.size() == 1);
        assertThat(names).isEmpty();
    }

    @Test
    void what_several_machines_compare_is_told_by_the_database_clock() {
        noClasses()
                .that()
                .resideInAnyPackage("io.lorahub.composition..", "io.lorahub.uploadcheck..")
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

    /**
     * One property compared with a word or a parameter, in Java, HQL, SQL or a template; strings are joined and spaces made
     * equal before.
     */
    private static final String PUBLIC = "(?:visibility(?:\\.name)?(?: ?==? ?\\S+|\\.equals\\(\\S+)|isPublic\\(\\))";

    private static final String NOT_TAKEN_DOWN =
            "(?:!(?:\\w+(?:\\(\\))?\\.)*isTakenDown\\(\\)|(?:\\w+\\.)?state(?:\\.name)? ?(?:<>|!=) ?\\S+)";

    private static final String AND = " ?(?:and|&&) ?(?:\\w+(?:\\(\\))?\\.)*";

    private static final Pattern LISTED =
            Pattern.compile(PUBLIC + AND + NOT_TAKEN_DOWN + "|" + NOT_TAKEN_DOWN + AND + PUBLIC);

    private static boolean saysListed(String text) {
        return LISTED.matcher(text.replaceAll("\"\\s*\\+\\s*\"", "").replaceAll("\\s+", " "))
                .find();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.visibility = 'PUBLIC' and a.state <> 'TAKEN_DOWN'",
                "visibility = 'PUBLIC'\n   and state <> 'TAKEN_DOWN'",
                "where a.visibility = PUBLIC and a.state <> TAKEN_DOWN and a.derivatives",
                "\"and a.visibility = ?3 \" + \"and a.state <> ?4 order by\"",
                "a.visibility = '%s' and a.state <> '%s'",
                "a.state != 'TAKEN_DOWN' and a.visibility = 'PUBLIC'",
                "adapter.visibility == Visibility.PUBLIC\n && adapter.state != AdapterState.TAKEN_DOWN",
                "v.adapter.visibility == Visibility.PUBLIC && !v.adapter.isTakenDown()",
                "isPublic() && !isTakenDown()",
                "a.visibility.name == 'PUBLIC' && a.state.name != 'TAKEN_DOWN'"
            })
    void ways_to_say_public_and_not_taken_down_are_found(String text) {
        assertThat(saysListed(text)).isTrue();
    }

    /** One that was forgotten when the meaning changes would show what was taken down. */
    @Test
    void public_and_not_taken_down_is_said_by_isListed_and_the_column_listed_only() throws IOException {
        List<String> others = new ArrayList<>();
        for (String folder :
                List.of("src/engine/src/main", "src/hub/src/main", "src/cli/src/main", "frontend-templates")) {
            try (Stream<Path> files = Files.walk(Checkout.path(folder))) {
                for (Path file : files.filter(f -> f.toString().matches(".*\\.(java|html)"))
                        .toList()) {
                    if (!file.endsWith("ModeratedEntity.java") && saysListed(Files.readString(file))) {
                        others.add(file.toString());
                    }
                }
            }
        }
        assertThat(others).isEmpty();
    }
}
