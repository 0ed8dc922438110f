package io.lorahub.composition.publication;

import io.lorahub.adapter.Card;
import java.util.List;

/**
 * What publishing a run would make.
 *
 * @param parts with a weight that is not 0, the heaviest first
 */
public record Proposal(List<Part> parts, MixLicence licence, Card card) {}
