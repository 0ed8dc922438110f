package io.lorahub.story;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.browser.DropZone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;

/**
 * Uploads of members: adapters of the demo hub with one number changed slightly, because the same content cannot be
 * public twice.
 */
final class Contribution {

    static final String CONFIG = "adapter_config.json";
    static final String WEIGHTS = "adapter_model.safetensors";

    private Contribution() {}

    static byte[] file(String adapter, String name) throws IOException {
        return Files.readAllBytes(
                DemoHub.open().adaptersFolder().resolve(adapter).resolve(name));
    }

    static byte[] weights(String adapter) throws IOException {
        byte[] weights = file(adapter, WEIGHTS);
        weights[weights.length - 3] ^= 1; // in the mantissa of the last float32
        return weights;
    }

    /** A configuration with another rank than the tensors have. */
    static byte[] faultyConfig(String adapter) throws IOException {
        return new String(file(adapter, CONFIG), StandardCharsets.UTF_8)
                .replace("\"r\": 8", "\"r\": 16")
                .getBytes(StandardCharsets.UTF_8);
    }

    static void publish(Member author, String adapter, String name) throws IOException {
        send(author.open("/upload"), adapter, name);
        author.page.locator("#f-title").fill("Made by " + name);
        author.page.locator("#f-summary").fill("Changes words.");
        author.page.locator("#f-name").fill(name);
        author.page.locator("#f-licence").selectOption("MIT");
        author.page.locator("[name=visibility][value=public]").check();
        publish(author);
    }

    /** @param address of the adapter to which it is added */
    static void addVersion(Member author, String adapter, String address, String notes) throws IOException {
        send(author.open("/upload?adapter=" + address), adapter, adapter);
        author.page.locator("#f-notes").fill(notes);
        publish(author);
    }

    private static void send(Member author, String adapter, String folder) throws IOException {
        DropZone.drop(author.page, folder, Map.of(CONFIG, file(adapter, CONFIG), WEIGHTS, weights(adapter)));
        author.page.locator("button[value=publish]").waitFor();
    }

    private static void publish(Member author) {
        author.page.locator("button[value=publish]").click();
        assertThat(author.page.locator(".toast")).containsText("Published");
    }
}
