package io.lorahub.browse.search;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is refused: what can't be used is reported. */
class SearchFuzzTest {

    static Stream<byte[]> addresses() {
        return ForeignBytes.seeds(
                "q=translate \"to German\" -french or un&task=x&rank=8&sort=trending&limit=20&after=t1.2.3",
                "q=https://hub.example/demo/un@v1&size=<1B&before=n-1z.a&sha256=sha256:%064d".formatted(1));
    }

    @MethodSource("addresses")
    @FuzzTest
    void any_query(byte[] bytes) throws Exception {
        ForeignBytes.read(16, () -> {
            BrowseParameters parameters = new BrowseParameters(Queries.parameters(ForeignBytes.text(bytes)));
            BrowseQuery query = parameters.query();
            parameters.sha256();
            parameters.unknown(Set.of());
            if (query.text().indexOf('\0') >= 0) throw new AssertionError("PostgreSQL stores no NUL.");
            TextQuery.of(query.text());
        });
    }
}
