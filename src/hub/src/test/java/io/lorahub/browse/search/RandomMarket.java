package io.lorahub.browse.search;

import io.lorahub.demo.MarketplaceRows;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Random adapters, made once for all tests of an application. */
@Singleton
public class RandomMarket {

    static final int ADAPTERS = 600;

    private final DataSource database;
    private boolean filled;

    RandomMarket(DataSource database) {
        this.database = database;
    }

    public synchronized void fill() throws SQLException {
        if (filled) return;
        try (Connection connection = database.getConnection()) {
            new MarketplaceRows(5).add(connection, ADAPTERS);
        }
        filled = true;
    }
}
