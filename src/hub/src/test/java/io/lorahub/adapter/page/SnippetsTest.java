package io.lorahub.adapter.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Publisher;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnippetsTest {

    private static Snippets of(String baseModel, int rank, String module) {
        return of(baseModel, rank, module, Optional.empty());
    }

    private static Snippets of(String baseModel, int rank, String module, Optional<String> family) {
        AdapterVersion version = new AdapterVersion();
        version.adapter = new Adapter();
        version.adapter.publisher = new Publisher();
        version.adapter.publisher.name = "lab-a";
        version.adapter.name = "brief";
        version.adapter.visibility = Visibility.PUBLIC;
        version.adapter.baseModel = baseModel;
        version.label = "1.0.0";
        ObjectNode facts = JsonNodeFactory.instance.objectNode();
        facts.putArray("ranks").add(rank);
        facts.putArray("layers").addObject().put("module", module).put("rank", rank);
        version.facts = facts;
        return Snippets.of(version, "https://hub.example.org", family);
    }

    @Test
    void an_adapter_of_a_decoder_only_model_is_loaded_and_served_as_one() {
        Snippets snippets = of("Qwen/Qwen2.5-0.5B", 16, "model.layers.0.self_attn.q_proj");

        assertThat(snippets.peft()).contains("AutoModelForCausalLM.from_pretrained(\"Qwen/Qwen2.5-0.5B\")");
        assertThat(snippets.vllm())
                .isEqualTo("vllm serve Qwen/Qwen2.5-0.5B --enable-lora \\\n  --lora-modules brief=./brief-1.0.0");
    }

    @Test
    void a_rank_above_the_default_of_vllm_is_named() {
        assertThat(of("gpt2", 17, "h.0.attn.c_attn").vllm()).contains("--enable-lora --max-lora-rank 32 ");
        assertThat(of("gpt2", 128, "h.0.attn.c_attn").vllm()).contains("--max-lora-rank 128 ");
    }

    @Test
    void an_adapter_of_t5_is_not_served() {
        Snippets snippets = of("google/flan-t5-small", 8, "encoder.block.0.layer.0.SelfAttention.q");

        assertThat(snippets.vllm()).isEmpty();
        assertThat(snippets.peft()).contains("AutoModelForSeq2SeqLM");
        assertThat(of("google/flan-t5-small", 8, "decoder.block.0.layer.0.SelfAttention.q")
                        .vllm())
                .isEmpty();
    }

    @Test
    void an_adapter_is_exported_for_the_programs_that_load_its_family() {
        Snippets snippets = of("Qwen/Qwen3-0.6B", 8, "model.layers.0.self_attn.q_proj", Optional.of("qwen3"));

        assertThat(snippets.exports())
                .extracting(Snippets.Export::program)
                .containsExactly("vLLM", "SGLang", "llama.cpp", "MLX");
        assertThat(snippets.exports().get(2).text())
                .isEqualTo("lorahub export lab-a/brief@1.0.0 --server https://hub.example.org \\\n"
                        + "  --for llama.cpp --base Qwen/Qwen3-0.6B --out brief-llama.cpp\n"
                        + "llama-server -m base.gguf --lora brief-llama.cpp/adapter.gguf");
        assertThat(of("google/flan-t5-small", 8, "encoder.block.0.layer.0.SelfAttention.q", Optional.of("t5"))
                        .exports())
                .isEmpty();
    }

    @Test
    void the_name_of_a_base_model_stays_a_word_of_the_shell() {
        assertThat(of("a'; rm -rf /", 8, "model.layers.0.mlp.up_proj").vllm())
                .startsWith("vllm serve 'a'\\''; rm -rf /' --enable-lora");
    }
}
