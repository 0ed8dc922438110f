package io.lorahub.web.problem;

import java.util.Map;

/** A problem as it goes over the wire. */
record ProblemResponse(int status, Map<String, String> headers, String mediaType, String body) {}
