package io.lorahub.api;

import java.util.List;

/** The OpenAPI document in the form in which the page shows it. */
record ApiReference(List<Group> groups) {

    /** Operations on one kind of object. */
    record Group(String id, String name, String description, List<Call> calls) {}

    /** One operation. */
    static final class Call {

        /** Of its place on the page. */
        public String id;

        public String method;
        public String path;
        public String summary;
        public String description;

        /** Whether it requires a token from every caller. */
        public boolean needsToken;

        public List<Parameter> parameters;

        /** A command line that performs it, with {@code $HUB} and {@code $TOKEN}. */
        public String curl;

        public Body request;
        public List<Answer> answers;
    }

    /**
     * @param place path, query or header
     * @param kind  type and range: "text", "whole number, 1 to 100, else 20"
     */
    record Parameter(String name, String place, boolean required, String kind, String description) {}

    /** @param example empty if the body is not JSON */
    record Body(String mediaType, String example) {}

    /** @param body null if there is none; omitted for errors, because they all have the same form */
    record Answer(String status, String description, Body body) {

        public boolean isRefusal() {
            return status.startsWith("4") || status.startsWith("5");
        }
    }
}
