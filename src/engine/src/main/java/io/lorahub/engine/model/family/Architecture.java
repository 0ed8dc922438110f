package io.lorahub.engine.model.family;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** The kinds of models that families belong to. Each has its own TorchScript program. */
public enum Architecture {
    /** Reads the input with an encoder and writes the output with a decoder. */
    ENCODER_DECODER("/torchscript/t5.py", "SEQ_2_SEQ_LM"),
    /** Continues the input: one sequence of tokens, each of which sees those before it. */
    DECODER_ONLY("/torchscript/causal.py", "CAUSAL_LM");

    private static final Pattern T5_MODULE = Pattern.compile("(encoder|decoder)\\.block\\..*");

    private final String program;
    private final String taskType;

    Architecture(String program, String taskType) {
        this.program = program;
        this.taskType = taskType;
    }

    /** Of an adapter, by the names of modules that only T5 has; {@code decoder.block.0.layer.0.SelfAttention.q} is one. */
    public static Architecture ofModules(Collection<String> names) {
        return names.stream().anyMatch(name -> T5_MODULE.matcher(name).matches()) ? ENCODER_DECODER : DECODER_ONLY;
    }

    /** Class paths of the sources that make up the program, in order. */
    public List<String> sources() {
        return List.of("/torchscript/lora.py", program);
    }

    /** PEFT's {@code task_type}. */
    public String taskType() {
        return taskType;
    }
}
