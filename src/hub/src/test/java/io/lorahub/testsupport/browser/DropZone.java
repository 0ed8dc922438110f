package io.lorahub.testsupport.browser;

import com.microsoft.playwright.JSHandle;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** Drag and drop of a folder onto a page. */
public final class DropZone {

    private DropZone() {}

    /** As the file manager of a desktop does: an entry of a folder, with the files in it by their paths. */
    public static void drop(Page page, String folder, Map<String, byte[]> files) {
        Map<String, String> contents = new TreeMap<>();
        files.forEach((name, content) -> contents.put(name, Base64.getEncoder().encodeToString(content)));
        Locator details = page.locator(".fold-plain:not([open]):has([data-upload]) > summary");
        if (details.count() > 0) details.click();
        JSHandle transfer = page.evaluateHandle("""
                async ({folder, files}) => {
                  const transfer = new DataTransfer();
                  const entry = (path, names) => ({
                    isFile: false,
                    name: path,
                    createReader: () => {
                      let read = false;
                      return {readEntries: (done) => { done(read ? [] : names); read = true; }};
                    },
                  });
                  const file = (name, text) => ({
                    isFile: true,
                    name,
                    file: (done) => done(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name)),
                  });
                  const tree = new Map();
                  for (const [path, text] of Object.entries(files)) {
                    const words = path.split("/");
                    const parent = words.length > 1 ? words[0] : "";
                    if (!tree.has(parent)) tree.set(parent, []);
                    tree.get(parent).push(file(words[words.length - 1], text));
                  }
                  const children = [...(tree.get("") ?? [])];
                  for (const [name, inside] of tree) if (name) children.push(entry(name, inside));
                  const items = [{webkitGetAsEntry: () => entry(folder, children)}];
                  Object.defineProperty(transfer, "items", {value: items});
                  return transfer;
                }""", Map.of("folder", folder, "files", contents));
        page.locator(".drop").dispatchEvent("drop", Map.of("dataTransfer", transfer));
    }
}
