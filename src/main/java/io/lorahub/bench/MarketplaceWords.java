package io.lorahub.bench;

import java.util.List;

/** What cards of adapters say, the most common first. */
final class MarketplaceWords {

    static final List<String> BASE_MODELS = List.of(
            "google/flan-t5-large",
            "google/flan-t5-base",
            "google/flan-t5-xl",
            "google/flan-t5-small",
            "google-t5/t5-base",
            "google-t5/t5-large",
            "google-t5/t5-small",
            "google/flan-t5-xxl",
            "google/t5-v1_1-base",
            "google/t5-v1_1-large",
            "google/t5-v1_1-xl",
            "google/t5-v1_1-small",
            "google/mt5-base",
            "google/mt5-small",
            "google/mt5-large",
            "google/byt5-base",
            "google/byt5-small",
            "google-t5/t5-3b",
            "allenai/unifiedqa-t5-base",
            "bigscience/T0_3B",
            "google/ul2",
            "google/flan-ul2",
            "Salesforce/codet5-base",
            "lorahub/demo-base");

    static final List<String> TASKS = List.of(
            "summarization",
            "translation",
            "question answering",
            "sentiment",
            "paraphrase",
            "classification",
            "extraction",
            "title generation",
            "dialogue",
            "grammar correction",
            "code comments",
            "entailment",
            "topic labels",
            "simplification",
            "style transfer",
            "keyword extraction",
            "named entities",
            "spelling",
            "table to text",
            "text to table",
            "reading comprehension",
            "coreference",
            "commonsense",
            "arithmetic",
            "date normalization",
            "query rewriting",
            "fact checking",
            "toxicity",
            "email replies",
            "product descriptions");

    static final List<String> LICENCES = List.of(
            "Apache-2.0",
            "MIT",
            "CC-BY-4.0",
            "CC-BY-SA-4.0",
            "CC-BY-NC-4.0",
            "BSD-3-Clause",
            "GPL-3.0-only",
            "CC0-1.0",
            "OpenRAIL-M",
            "MPL-2.0",
            "Unlicense",
            "CC-BY-NC-SA-4.0");

    static final List<String> LANGUAGES = List.of(
            "en", "zh", "es", "de", "fr", "ja", "pt", "ru", "ar", "hi", "it", "ko", "nl", "tr", "pl", "vi", "id", "sv",
            "cs", "fa", "uk", "ro", "el", "hu", "da", "fi", "th", "he", "nb", "bg");

    static final List<List<String>> MODULES = List.of(
            List.of("q", "v"),
            List.of("q", "v"),
            List.of("q", "v"),
            List.of("q", "k", "v", "o"),
            List.of("k", "o", "q", "v", "wi_0", "wi_1", "wo"),
            List.of("wi_0", "wi_1", "wo"),
            List.of("q"));

    private MarketplaceWords() {}
}
