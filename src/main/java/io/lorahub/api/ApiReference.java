package io.lorahub.api;

import java.util.List;

/** The OpenAPI document as a page shows it. */
record ApiReference(List<Group> groups) {

    /** Operations about one thing. */
    record Group(String id, String name, String description, List<Call> calls) {}

    /**
     * One operation.
     *
     * @param id of its place on the page
     * @param needsToken whether it refuses everybody without one
     * @param curl a command line that does it, with {@code $HUB} and {@code $TOKEN}
     */
    record Call(
            String id,
            String method,
            String path,
            String summary,
            String description,
            boolean needsToken,
            List<Parameter> parameters,
            String curl,
            Body request,
            List<Answer> answers) {

        public boolean hasParameters() {
            return !parameters.isEmpty();
        }
    }

    /**
     * @param place path, query or header
     * @param kind what it is: "text", "whole number, 1 to 100, else 20"
     */
    record Parameter(String name, String place, boolean required, String kind, String description) {}

    /** @param example empty for what is no JSON */
    record Body(String mediaType, String example) {}

    /** @param body null for none; errors have none, as they are all alike */
    record Answer(String status, String description, Body body) {

        public boolean isRefusal() {
            return status.startsWith("4") || status.startsWith("5");
        }
    }
}
