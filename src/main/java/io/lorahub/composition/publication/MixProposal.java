package io.lorahub.composition.publication;

import io.lorahub.adapter.card.Card;
import java.util.List;

/**
 * A preview of the adapter that publishing a run would create.
 *
 * @param parts parts with a weight other than 0, the heaviest first
 */
public record MixProposal(List<MixComponent> parts, MixLicence licence, Card card) {}
