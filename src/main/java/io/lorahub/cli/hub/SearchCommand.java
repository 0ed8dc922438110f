package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.JsonNode;
