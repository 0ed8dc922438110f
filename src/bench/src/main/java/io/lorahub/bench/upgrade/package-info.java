/**
 * An upgrade in the middle of everything: an older hub is killed, and today's ends its work. Begin with {@code
 * UpgradeBenchCommand}. What is compared is what people and programs see, so the older hub is used by its API, and the database
 * is read only for what the API doesn't say.
 */
package io.lorahub.bench.upgrade;
