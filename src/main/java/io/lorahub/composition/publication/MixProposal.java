package io.lorahub.composition.publication;

import io.lorahub.adapter.Card;
import java.util.List;

/**
 * What publishing a run would make.
 *
 * @param parts with a weight that is not 0, the heaviest first
 */
public record MixProposal(List<MixComponent> parts, MixLicence licence, Card card) {}
