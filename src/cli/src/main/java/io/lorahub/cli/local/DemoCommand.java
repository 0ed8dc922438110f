package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.AnsiStyle;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoHub.DemoAdapter;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.lora.merge.AtomicFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.commons.io.file.PathUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = {"Lists the adapters and tasks of a demo that comes with LoraHub.", ""},
        footer = {"", "lorahub demo --export DIR", "lorahub demo smollm2"})
public final class DemoCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            defaultValue = DemoHub.WORDS,
            description = "words, the demo hub with its own base model (default), or smollm2, for"
                    + " SmolLM2-135M-Instruct.")
    private String name;

    @Option(names = "--export", paramLabel = "DIR", description = "Copy the demo's files to a new folder.")
    private Path export;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        DemoHub hub = UsageErrors.checked(command, () -> DemoHub.open(name));
        if (export != null) AtomicFolder.write(export, false, target -> PathUtils.copyDirectory(hub.folder(), target));
        if (output.json()) {
            output.print(json(hub));
        } else if (export != null) {
            output.out().printf("Copied the %s to %s.%n", isFirst() ? "demo hub" : "demo " + name, export);
        } else {
            print(hub);
        }
        return ExitCode.OK;
    }

    private void print(DemoHub hub) {
        PrintWriter out = output.out();
        AnsiStyle style = output.style();
        out.println(style.strong("%d adapters for %s".formatted(hub.adapters().size(), hub.baseModel())));
        for (DemoAdapter adapter : hub.adapters()) {
            out.printf(
                    "  %-12s %-30s %s%n",
                    adapter.name(), adapter.title(), arrow(adapter.examples().get(0)));
        }
        out.println();
        out.println(style.strong("%d tasks that none of them was trained on"
                .formatted(hub.tasks().size())));
        for (DemoTask task : hub.tasks()) {
            out.printf("  %-43s %s%n", task.name(), arrow(task.fewShot(1).get(0)));
        }
        out.println();
        String task = hub.tasks().get(0).name();
        if (isFirst()) {
            out.println("Try one: lorahub compose --demo " + task);
            out.println("Adapters of a real language model: lorahub demo " + DemoHub.SMOLLM2);
        } else {
            out.println("Try one: lorahub compose --demo %s/%s --base DIR".formatted(name, task));
            out.println("DIR has %s; leave it out if that is in this machine's Hugging Face cache."
                    .formatted(hub.baseModel()));
        }
    }

    private boolean isFirst() {
        return name.equals(DemoHub.WORDS);
    }

    private static String arrow(Example example) {
        return example.input() + " → " + example.output();
    }

    private ObjectNode json(DemoHub hub) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode node = mapper.createObjectNode();
        node.put("folder", (export == null ? hub.folder() : export).toString());
        node.put("base_model", hub.baseModel());
        node.set("adapters", mapper.valueToTree(hub.adapters()));
        ArrayNode tasks = node.putArray("tasks");
        for (DemoTask task : hub.tasks()) {
            List<Example> fewShot = task.fewShot(1);
            ObjectNode item = tasks.addObject();
            item.put("name", task.name());
            item.put("draws", DemoTask.DRAWS);
            item.put("held_out", task.heldOut().size());
            item.set("examples", mapper.valueToTree(fewShot));
        }
        return node;
    }
}
