package io.lorahub.story;

import java.util.List;

/** Columns that no member's free text comes to. */
final class HostileColumns {

    static final List<String> OF_NO_MEMBER = List.of();

    private HostileColumns() {}
}
