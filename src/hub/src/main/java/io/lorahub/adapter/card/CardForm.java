package io.lorahub.adapter.card;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.RestForm;

/** The fields of a card in a form, as typed. Fields that the form does not have are null. */
@JsonNaming(SnakeCaseStrategy.class)
public class CardForm {

    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    private static final List<String> LISTS = List.of("tags", "languages");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[,\\s]+");

    @RestForm
    public String title;

    @RestForm
    public String summary;

    @RestForm
    public String description;

    @RestForm
    public String tags;

    @RestForm
    public String languages;

    @RestForm
    public String licence;

    @RestForm
    public boolean derivatives;

    @RestForm("training_data")
    public String trainingData;

    @RestForm("intended_use")
    public String intendedUse;

    @RestForm("example_input")
    public String exampleInput;

    @RestForm("example_output")
    public String exampleOutput;

    @RestForm
    public String visibility;

    /** @param said values by the names of the API; omitted fields stay unchanged */
    protected void fill(ObjectNode said) {
        ObjectNode texts = said.deepCopy();
        for (String list : LISTS) {
            texts.put(list, String.join(", ", JSON.convertValue(said.withArray(list), String[].class)));
        }
        try {
            JSON.readerForUpdating(this).readValue(texts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The form as JSON, by the names of the API. */
    protected ObjectNode json() {
        ObjectNode json = JSON.valueToTree(this);
        for (String list : LISTS) {
            if (json.path(list).isTextual()) {
                json.set(
                        list,
                        JSON.valueToTree(BETWEEN_WORDS
                                .splitAsStream(json.path(list).textValue())
                                .filter(word -> !word.isEmpty())
                                .toList()));
            }
        }
        return json;
    }

    /** The typed values, as far as the type has fields for them. */
    protected <T> T to(Class<T> type) {
        return JSON.convertValue(json(), type);
    }

    /** The licences to choose from. */
    public List<Licence.Family> families() {
        return List.of(Licence.Family.values());
    }

    public boolean hasVisibility(String word) {
        return word.equals(visibility);
    }
}
