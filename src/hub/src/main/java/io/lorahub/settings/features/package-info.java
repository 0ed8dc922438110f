/**
 * The settings of all features. Begin with {@code FeatureSettings}; a test ensures that it lists every interface.
 *
 * <p>Only the command line depends on this package, which depends on every feature.
 */
package io.lorahub.settings.features;
