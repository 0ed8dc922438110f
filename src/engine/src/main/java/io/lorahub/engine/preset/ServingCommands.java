package io.lorahub.engine.preset;

import io.lorahub.engine.model.family.Architecture;
import java.util.List;

/**
 * What a person types to load an exported adapter. Names that others chose are quoted, so that they remain plain text in
 * a shell and in Python.
 *
 * @param base         the base model's name or folder
 * @param name         what requests call the adapter
 * @param folder       the exported folder
 * @param rank         of the exported adapter
 * @param architecture of the base model
 */
public record ServingCommands(String base, String name, String folder, int rank, Architecture architecture) {

    /** vLLM's default of --max-lora-rank. */
    private static final int VLLM_DEFAULT = 16;

    /** One or more lines: Python for PEFT, otherwise a shell's. */
    public String of(ExportPreset preset) {
        return switch (preset) {
            case PEFT -> peft();
            case VLLM ->
                "vllm serve %s --enable-lora%s \\\n  --lora-modules %s"
                        .formatted(
                                shell(base),
                                rank > VLLM_DEFAULT ? " --max-lora-rank " + maxLoraRank() : "",
                                shell(name + "=" + folder));
            case SGLANG ->
                "python -m sglang.launch_server --model-path %s \\\n  --enable-lora --lora-paths %s"
                        .formatted(shell(base), shell(name + "=" + folder));
            case LORAX ->
                "lorax-launcher --model-id %s --port 8080\ncurl localhost:8080/generate -H 'Content-Type: application/json' -d %s"
                        .formatted(shell(base), shell(loraxRequest()));
            case LLAMA_CPP -> "llama-server -m base.gguf --lora %s".formatted(shell(folder + "/adapter.gguf"));
            case MLX -> "mlx_lm.server --model %s --adapter-path %s".formatted(shell(base), shell(folder));
            case OLLAMA ->
                "ollama create %s -f %s\nollama run %s"
                        .formatted(shell(name), shell(folder + "/Modelfile"), shell(name));
        };
    }

    /** The smallest value of vLLM's flag with which it loads the adapter; the largest one if there is none. */
    private int maxLoraRank() {
        List<Integer> values = ExportPreset.VLLM_MAX_LORA_RANK;
        return values.stream().filter(most -> most >= rank).findFirst().orElse(values.get(values.size() - 1));
    }

    private String peft() {
        String model = architecture == Architecture.ENCODER_DECODER ? "AutoModelForSeq2SeqLM" : "AutoModelForCausalLM";
        return String.join(
                "\n",
                "from peft import PeftModel",
                "from transformers import " + model,
                "",
                "base = %s.from_pretrained(%s)".formatted(model, python(base)),
                "model = PeftModel.from_pretrained(base, %s)".formatted(python(folder)));
    }

    private String loraxRequest() {
        return "{\"inputs\": \"Hello\", \"parameters\": {\"adapter_id\": %s, \"adapter_source\": \"local\"}}"
                .formatted(python(folder));
    }

    /** A word quoted for a shell. */
    public static String shell(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", " ");
        return clean.matches("[\\w./=-]+") ? clean : "'" + clean.replace("'", "'\\''") + "'";
    }

    /** A text quoted for Python or JSON. */
    public static String python(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ") + '"';
    }
}
