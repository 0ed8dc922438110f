package io.lorahub.engine.lora.config;

import io.lorahub.engine.error.EngineException;
import java.nio.file.Path;
import java.util.List;

/** An adapter that cannot be used exactly as intended; {@link #findings()} lists all causes. */
public class AdapterException extends EngineException {

    private final transient List<CheckFinding> findings;

    public AdapterException(Path adapter, List<CheckFinding> findings) {
        super(sentence(adapter, findings));
        this.findings = List.copyOf(findings);
    }

    public List<CheckFinding> findings() {
        return findings;
    }

    private static String sentence(Path adapter, List<CheckFinding> findings) {
        List<CheckFinding> errors =
                findings.stream().filter(CheckFinding::isError).toList();
        String fault = errors.get(0).sentence();
        // the message for a file that cannot be opened already names the adapter
        String first = fault.contains(adapter.toString()) && fault.contains(" cannot be used: ")
                ? fault
                : "The adapter %s cannot be used: %s".formatted(adapter, fault);
        return switch (errors.size()) {
            case 1 -> first;
            case 2 -> first + " There is one more fault; inspect it to see both.";
            default -> first + " There are %d more faults; inspect it to see all.".formatted(errors.size() - 1);
        };
    }
}
