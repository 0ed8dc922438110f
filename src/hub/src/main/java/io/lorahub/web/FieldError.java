package io.lorahub.web;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * An error in one field.
 *
 * @param field the field's name in the form or in the JSON object; empty if the error concerns no single field
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record FieldError(String field, String message) {

    public FieldError(String message) {
        this("", message);
    }
}
