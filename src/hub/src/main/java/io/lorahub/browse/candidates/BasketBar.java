package io.lorahub.browse.candidates;

import io.lorahub.adapter.Adapter;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Named;
import java.util.List;

/** The bar of candidates at the bottom of a list. */
@Named("basketBar")
@RequestScoped
public class BasketBar {

    private static final int SHOWN = 12;

    private final CandidateBasket basket;
    private List<Adapter> adapters;

    BasketBar(CandidateBasket basket) {
        this.basket = basket;
    }

    public int count() {
        return adapters().size();
    }

    public List<Adapter> shown() {
        return adapters().stream().limit(SHOWN).toList();
    }

    public int more() {
        return Math.max(0, count() - SHOWN);
    }

    /** Whether all candidates have the same base model. */
    public boolean isCombinable() {
        return adapters().stream().map(adapter -> adapter.baseModel).distinct().count() == 1;
    }

    private List<Adapter> adapters() {
        if (adapters == null) adapters = basket.adapters();
        return adapters;
    }
}
