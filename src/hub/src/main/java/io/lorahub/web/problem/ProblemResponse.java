package io.lorahub.web.problem;

import java.util.Map;

/** A problem in its wire format. */
record ProblemResponse(int status, Map<String, String> headers, String mediaType, String body) {}
