package io.lorahub.browse.search;

import java.util.Arrays;
import java.util.Optional;

/** A property for filtering adapters; several values of one facet mean any of them. */
public enum Facet {
    BASE("base", "Base model"),
    FAMILY("family", "Model family"),
    SIZE("size", "Model size"),
    TAG("tag", "Task"),
    LICENCE("licence", "Licence"),
    RANK("rank", "Rank"),
    MODULE("module", "Target modules"),
    PUBLISHER("publisher", "Publisher"),
    LANGUAGE("language", "Language");

    /** Name of the parameter in addresses. */
    private final String parameter;

    private final String label;

    Facet(String parameter, String label) {
        this.parameter = parameter;
        this.label = label;
    }

    public String parameter() {
        return parameter;
    }

    public String label() {
        return label;
    }

    /** Whether it is a property of the base model. */
    boolean isOfModel() {
        return this == FAMILY || this == SIZE;
    }

    /** The facet that the database stores for it. */
    Facet stored() {
        return isOfModel() ? BASE : this;
    }

    public static Optional<Facet> of(String parameter) {
        return Arrays.stream(values())
                .filter(facet -> facet.parameter.equals(parameter))
                .findFirst();
    }
}
