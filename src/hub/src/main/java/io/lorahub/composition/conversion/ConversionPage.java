package io.lorahub.composition.conversion;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Adapters;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.engine.preset.ExportPreset;
import io.lorahub.web.LocalPath;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The files of a version for other programs: which can be made, and what was changed in those that are. */
@Path("/{publisher}/{name}/export/{label}")
@Produces(MediaType.TEXT_HTML)
public class ConversionPage {

    /** Most files are made within this time, so that the next page shows them at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Adapters adapters;
    private final RunRights rights;
    private final Conversions conversions;
    private final WorkerTasks tasks;

    ConversionPage(Adapters adapters, RunRights rights, Conversions conversions, WorkerTasks tasks) {
        this.adapters = adapters;
        this.rights = rights;
        this.conversions = conversions;
        this.tasks = tasks;
    }

    /** A program that loads adapters of the version's base model. */
    record Program(ExportPreset preset, Optional<Conversions.Made> made) {

        public boolean canCreate() {
            return made.isEmpty() || made.get().task().failure != null;
        }
    }

    /**
     * What the page shows.
     *
     * @param registered whether the hub has the base model
     * @param replaced   modules that it replaces as a whole
     * @param other      programs that load no adapters of it
     */
    record View(
            Adapter adapter,
            AdapterVersion version,
            boolean registered,
            List<String> replaced,
            List<Program> programs,
            List<ExportPreset> other) {

        public String path() {
            return "/%s/export/%s".formatted(adapter.address(), version.label);
        }

        public boolean isWaiting() {
            return programs.stream()
                    .anyMatch(p -> p.made().filter(made -> made.task().isOpen()).isPresent());
        }
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(View view);

        private Templates() {}
    }

    @GET
    @Transactional
    @Operation(hidden = true)
    public TemplateInstance show(String publisher, String name, String label) {
        AdapterVersion version = version(publisher, name, label);
        Optional<BaseModelRecord> base = BaseModelRecord.named(version.adapter.baseModel);
        List<Conversions.Made> made = conversions.of(version);
        List<String> replaced = version.summary().replacedModules();
        List<ExportPreset> served = Arrays.stream(ExportPreset.values())
                .filter(preset -> base.map(b -> preset.serves(b.modelType)).orElse(!preset.needsBase()))
                .filter(preset -> preset == ExportPreset.PEFT || replaced.isEmpty())
                .toList();
        return Templates.show(new View(
                version.adapter,
                version,
                base.isPresent(),
                replaced,
                served.stream()
                        .map(preset -> new Program(
                                preset,
                                made.stream().filter(m -> m.preset() == preset).findFirst()))
                        .toList(),
                Arrays.stream(ExportPreset.values())
                        .filter(preset -> !served.contains(preset))
                        .toList()));
    }

    /** @param program name of the program */
    @POST
    @Operation(hidden = true)
    public Response make(String publisher, String name, String label, @FormParam("for") Optional<String> program) {
        AdapterVersion version = QuarkusTransaction.requiringNew().call(() -> loaded(version(publisher, name, label)));
        ExportPreset preset = Conversions.program(program);
        rights.requireMayCompute("convert adapters");
        return rights.seeOther(owner -> {
            UUID task = conversions.make(owner, version, preset);
            tasks.await(task, PATIENCE);
            return new LocalPath("/%s/export/%s#%s".formatted(version.adapter.address(), version.label, preset.id()))
                    .uri();
        });
    }

    private AdapterVersion version(String publisher, String name, String label) {
        return adapters.version(adapters.visible(publisher, name), label);
    }

    private static AdapterVersion loaded(AdapterVersion version) {
        version.adapter.address();
        return version;
    }
}
