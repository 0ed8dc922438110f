/**
 * What a setting of a search is: begin with {@code SearchSetting}, its one declaration, from which the command line, the
 * recipe, the hub's form, API and specification, and the documents take its name, values and sentences. {@code
 * SearchSettings} and {@code LearningSettings} declare the settings; {@code SettingValues} holds values.
 *
 * <p>A setting that was stored once keeps its name, and what it means when it is missing.
 */
package io.lorahub.engine.setting;
