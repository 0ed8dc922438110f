package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.AnsiStyle;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
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
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = {"Lists the adapters and tasks of the demo hub that comes with LoraHub.", ""},
        footer = {"", "lorahub demo --export DIR"})
public final class DemoCommand implements Callable<Integer> {

    @Option(names = "--export", paramLabel = "DIR", description = "Copy the hub's files to a new folder.")
    private Path export;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        DemoHub hub = DemoHub.open();
        if (export != null) AtomicFolder.write(export, false, target -> PathUtils.copyDirectory(hub.folder(), target));
        if (output.json()) {
            output.print(json(hub));
        } else if (export != null) {
            output.out().printf("Copied the demo hub to %s.%n", export);
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
        out.println("Try one: lorahub compose --demo " + hub.tasks().get(0).name());
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
