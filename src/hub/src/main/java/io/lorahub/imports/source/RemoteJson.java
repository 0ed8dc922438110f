package io.lorahub.imports.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.lorahub.engine.error.JsonFault;

/** Reads JSON of other hubs, whose tree could take many times the memory of its text. */
public final class RemoteJson {

    /**
     * A tree of so many takes about 20 MB. A list of files has about 17 for each file, an index of weights two for each
     * tensor.
     */
    static final int MOST_TOKENS = 300_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxTokenCount(MOST_TOKENS)
                            .build())
                    .build())
            .build();

    private RemoteJson() {}

    /**
     * @param what what is read, for the beginning of a sentence
     * @throws RemoteHubException if there are too many values, or they are nested too deeply
     */
    public static JsonNode read(String what, String text) throws JsonProcessingException {
        try {
            return JSON.readTree(text);
        } catch (StreamConstraintsException e) {
            throw RemoteHubException.lasting("%s is too large for this hub: %s.".formatted(what, JsonFault.words(e)));
        }
    }
}
