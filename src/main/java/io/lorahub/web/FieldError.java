package io.lorahub.web;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What is wrong with one field.
 *
 * @param field the field's name in the form or in the JSON object; empty for what concerns no single one
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record FieldError(String field, String message) {

    public FieldError(String message) {
        this("", message);
    }
}
