package io.lorahub.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.account.Person;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.lorahub.testsupport.hostile.HostileText;
import io.lorahub.testsupport.routes.Route;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.NodeList;

/** Scripts in every text that members store, and every page that shows them. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
class HostileTextTest {

    /** Streams of what a page holds already; they do not end. */
    private static final Set<String> STREAMS =
            Set.of("/admin/workers/live", "/runs/{run}/events", "/api/v1/runs/{run}/events");

    /** A browser that opens a member's file must never run it. */
    private static final List<String> ACTIVE = List.of("html", "svg", "xml", "javascript");

    private static final ObjectMapper JSON = new ObjectMapper();

    private static boolean written;

    private final HostileMembers members;
    private final DataSource database;

    HostileTextTest(HostileMembers members, DataSource database) {
        this.members = members;
        this.database = database;
    }

    @BeforeEach
    void write(@TempDir Path folder) {
        if (!written) members.writeEverywhere(folder);
        written = true;
    }

    /** A new column must be written to above or listed here. */
    @Test
    void every_column_of_text_holds_some_or_none_that_a_member_wrote() throws SQLException {
        Set<String> untouched = new TreeSet<>();
        try (Connection connection = database.getConnection();
                ResultSet columns = connection
                        .createStatement()
                        .executeQuery("select table_name, column_name from information_schema.columns"
                                + " where table_schema = 'public' and table_name <> 'flyway_schema_history'"
                                + " and data_type in ('text', 'character varying', 'json', 'jsonb', 'ARRAY')")) {
            while (columns.next()) {
                String table = columns.getString(1);
                String column = columns.getString(2);
                try (ResultSet row = connection
                        .createStatement()
                        .executeQuery("select exists (select from %s where cast(%s as text) like '%%%s-%%')"
                                .formatted(table, column, HostileText.MARK))) {
                    row.next();
                    if (!row.getBoolean(1)) untouched.add(table + "." + column);
                }
            }
        }

        // a page that is shown writes the first, another test with hostile texts the second
        untouched.addAll(List.of("adapter_description.html", "repository_commit.message"));
        assertEquals(String.join("\n", HostileColumns.OF_NO_MEMBER), String.join("\n", untouched));
    }

    @Test
    void no_page_takes_a_text_for_markup_and_all_of_them_are_shown() throws Exception {
        List<String> faults = new ArrayList<>();
        Set<String> unseen = new TreeSet<>(members.texts());
        int pages = 0;
        for (String path : addresses()) {
            for (Person viewer : new Person[] {members.owner, members.reader, null}) {
                Response answer = as(viewer).urlEncodingEnabled(false).get(path);
                faults.addAll(faults(path, answer));
                if (isHtml(answer)) {
                    pages++;
                    String shown = shown(answer.asString());
                    unseen.removeIf(shown::contains);
                }
            }
        }
        String refused = AsBrowser.given()
                .formParam("name", members.spammer.name)
                .formParam("password", io.lorahub.testsupport.Hub.PASSWORD)
                .post("/signin")
                .asString();
        HostileText.faults(refused).forEach(fault -> faults.add("/signin of a banned member: " + fault));

        assertEquals("", String.join("\n", faults));
        assertThat(shown(refused)).contains(HostileText.of("ban"));
        assertThat(unseen).isEmpty();
        assertThat(pages).isGreaterThan(100);
    }

    @Test
    void the_feed_is_well_formed_and_holds_nothing_but_an_Atom_feed() throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        for (String query : List.of("", "?q=" + encoded(HostileText.MARKUP), "?tag=" + encoded(HostileText.CONTROLS))) {
            byte[] feed = AsBrowser.given()
                    .urlEncodingEnabled(false)
                    .get("/adapters.atom" + query)
                    .asByteArray();

            org.w3c.dom.Document document = factory.newDocumentBuilder().parse(new ByteArrayInputStream(feed));

            Set<String> names = new TreeSet<>();
            NodeList all = document.getElementsByTagNameNS("*", "*");
            for (int i = 0; i < all.getLength(); i++) names.add(all.item(i).getNodeName());
            assertThat(names)
                    .isSubsetOf(
                            "feed",
                            "title",
                            "id",
                            "link",
                            "updated",
                            "entry",
                            "published",
                            "author",
                            "name",
                            "uri",
                            "category",
                            "summary");
            if (query.isEmpty()) {
                assertThat(document.getDocumentElement().getTextContent())
                        .contains(HostileText.of("title"), HostileText.of("summary"));
            }
        }
    }

    private RequestSpecification as(Person viewer) {
        return viewer == null ? AsBrowser.given() : members.by(viewer);
    }

    /** Every page and every endpoint that can be read, with what the hostile members made in its placeholders. */
    private List<String> addresses() {
        String[] adapter = members.adapter.split("/");
        Map<String, String> values = new HashMap<>(Map.of(
                "publisher",
                adapter[0],
                "name",
                adapter[1],
                "run",
                members.run,
                "id",
                members.upload,
                "model",
                members.baseModel,
                "member",
                members.spammer.name,
                "label",
                "1.0.0",
                "file",
                "README.md",
                "task",
                members.task,
                "secret",
                "none"));
        values.putAll(Map.of(
                "repository",
                members.adapter,
                "revision",
                "main",
                "path",
                "README.md",
                "program",
                "peft",
                "user",
                members.owner.name,
                "organization",
                members.owner.name,
                "view",
                "tree"));
        List<String> addresses = new ArrayList<>();
        for (Route route : Route.all()) {
            if (!route.method().equals("GET") || STREAMS.contains(route.path())) continue;
            String path = route.path().replace("/publishers/{name}", "/publishers/" + adapter[0]);
            for (Map.Entry<String, String> value : values.entrySet()) {
                path = path.replace("{" + value.getKey() + "}", value.getValue());
            }
            assertThat(path).doesNotContain("{");
            addresses.add(path);
        }
        String text = encoded(HostileText.MARKUP);
        addresses.addAll(List.of(
                "/" + members.mix,
                "/" + members.owner.name,
                "/" + members.adapter + "?version=" + text + "&compare=" + text,
                "/runs/compare?run=" + members.run + "&run=" + members.run,
                "/runs/" + members.run + "/result?task=" + members.task + "&rows=all",
                members.ranking,
                "/runs/" + members.run + "/result?show=" + text,
                "/adapters?q=" + HostileText.MARK,
                "/adapters?q=" + text + "&tag=" + text + "&base=" + text + "&sort=" + text + "&after=" + text,
                "/moderation/members/" + members.spammer.name,
                "/moderation/members?q=" + text + "&after=" + text,
                "/moderation/audit?actor=" + text + "&action=" + text + "&subject=" + text,
                "/moderation/audit?actor=" + members.spammer.name,
                "/signin?next=" + text + "&note=" + text,
                "/register?next=" + text,
                "/upload?adapter=" + text,
                "/no/such/page/" + text,
                "/" + text));
        return addresses;
    }

    private static List<String> faults(String path, Response answer) {
        List<String> faults = new ArrayList<>();
        String type = answer.contentType() == null ? "" : answer.contentType();
        if (answer.statusCode() >= 500) faults.add(path + ": " + answer.statusCode());
        if (path.contains("/files/")
                && answer.statusCode() == 200
                && ACTIVE.stream().anyMatch(type::contains)) {
            faults.add(path + " is sent as " + type);
        }
        if (isHtml(answer)) HostileText.faults(answer.asString()).forEach(fault -> faults.add(path + ": " + fault));
        if (type.contains("json")) {
            try {
                JSON.readTree(answer.asString());
            } catch (JsonProcessingException e) {
                faults.add(path + ": no JSON");
            }
        }
        return faults;
    }

    private static boolean isHtml(Response answer) {
        return answer.contentType() != null && answer.contentType().startsWith("text/html");
    }

    /** The text that a reader sees, and the values of fields. */
    private static String shown(String html) {
        Document page = Jsoup.parse(html);
        StringBuilder shown = new StringBuilder(page.wholeText());
        for (Element element : page.getAllElements()) {
            for (Attribute attribute : element.attributes()) {
                shown.append('\n').append(attribute.getValue());
            }
        }
        return shown.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
