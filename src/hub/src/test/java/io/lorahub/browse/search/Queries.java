package io.lorahub.browse.search;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;

/** Questions from the query of an address, not encoded. */
final class Queries {

    private Queries() {}

    static BrowseQuery query(String address) {
        BrowseParameters read = new BrowseParameters(parameters(address));
        BrowseQuery query = read.query();
        assertThat(read.causes()).isEmpty();
        return query;
    }

    static MultivaluedMap<String, String> parameters(String address) {
        MultivaluedMap<String, String> parameters = new MultivaluedHashMap<>();
        for (String parameter : address.split("&")) {
            int equals = parameter.indexOf('=');
            if (equals > 0) parameters.add(parameter.substring(0, equals), parameter.substring(equals + 1));
        }
        return parameters;
    }
}
